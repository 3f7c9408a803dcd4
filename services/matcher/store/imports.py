"""Imports: who attested what about a file, its counts, and what was wrong with its lines."""

from collections.abc import Sequence
from datetime import datetime

from libs.common.events.personal import CARRY, PROVE, SUBJECT, USER, Personal
from libs.common.keys import Keys
from libs.common.mongo import Document, Documents, Entity, Index, TenantScope, before
from services.matcher.domain.faults import Fault, Whose

FAULT_DAYS = 30
MOST_FAULTS = 10_000
FIELD = "fault"

IMPORTS = Entity(
    "imports",
    {
        "state": ("string",),
        "source": ("string",),
        "lawful_basis": ("string",),
        "attested_by": ("string",),
        "renewed_basis": ("string", "null"),
        "started_at": ("date",),
        "updated_at": ("date",),
        "counts": ("object",),
        "faults": ("object",),
        "encoding": ("string", "null"),
        "delimiter": ("string", "null"),
        "unknown_columns": ("array",),
    },
    ("state", "source", "lawful_basis", "attested_by", "started_at", "updated_at"),
    (Index((("started_at", -1), ("_id", -1))),),
    personal={
        "attested_by": USER.to(PROVE),
    },
    plain=(
        "renewed_basis",
        "_id",
        "state",
        "source",
        "lawful_basis",
        "counts",
        "faults",
        "encoding",
        "delimiter",
        "unknown_columns",
    ),
)
FAULTS = Entity(
    "faults",
    {
        "import": ("string",),
        "line": ("int", "long"),
        "column": ("string", "null"),
        "sealed": ("binData",),
        "code": ("string",),
        "explanation": ("string",),
        "at": ("date",),
        "subjects": ("array",),
        "customer": ("string", "null"),
    },
    ("import", "line", "sealed", "code", "explanation", "at"),
    (
        Index((("import", 1), ("_id", 1))),
        Index((("at", 1),), ttl=FAULT_DAYS * 86_400),
        Index((("subjects", 1),)),
        Index((("customer", 1),)),
    ),
    person="subjects",
    personal={
        "sealed": Personal("content", CARRY, "sealed"),
        "subjects": SUBJECT.to(CARRY),
        "customer": Personal("identity", CARRY, "coded"),
    },
    plain=("_id", "import", "column", "code", "explanation"),
)


class Imports:
    """One tenant's imports. Values of faults are sealed: they are personal and were refused."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self._tenant = scope.tenant
        self._keys = keys
        self._imports = scope.collection("imports")
        self._faults = scope.collection("faults")

    async def put(self, row: Document) -> None:
        """Writes the state of an import."""
        await self._imports.put(row)

    async def get(self, import_id: str) -> Document | None:
        """One import as stored."""
        return await self._imports.get({"_id": import_id})

    async def page(self, after: tuple[datetime, str] | None, limit: int) -> Documents:
        """The latest first, from a place on."""
        order = [("started_at", -1), ("_id", -1)]
        return await self._imports.list(before("started_at", after), sort=order, limit=limit)

    async def add_faults(
        self, import_id: str, faults: Sequence[tuple[Fault, Whose]], at: datetime
    ) -> None:
        """Adds what was wrong with some lines, and whom they are about."""
        await self._faults.insert_all(
            [
                {
                    "_id": f"{import_id}/{fault.line:09d}/{index:04d}",
                    "import": import_id,
                    "line": fault.line,
                    "column": fault.column,
                    "sealed": self._keys.seal(self._tenant, FIELD, fault.value.encode()),
                    "code": fault.code,
                    "explanation": fault.explanation,
                    "at": at,
                    "subjects": sorted(self._keys.code(self._tenant, n) for n in whose.numbers),
                    "customer": whose.customer,
                }
                for index, (fault, whose) in enumerate(faults)
            ]
        )

    async def faults(
        self, import_id: str, after: str | None, limit: int
    ) -> list[tuple[str, Fault]]:
        """The faults in order of their lines, each with its place."""
        query: Document = {"import": import_id}
        if after:
            query["_id"] = {"$gt": after}
        rows = await self._faults.list(query, sort=[("_id", 1)], limit=limit)
        return [(row["_id"], self._fault(row)) for row in rows]

    def _fault(self, row: Document) -> Fault:
        value = self._keys.unseal(self._tenant, FIELD, bytes(row["sealed"])).decode()
        return Fault(row["line"], row["column"], value, row["code"], row["explanation"])
