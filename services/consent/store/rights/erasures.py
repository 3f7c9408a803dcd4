"""The ledger of erasures: all that is needed to go on with one, written before anything goes."""

from collections.abc import Collection
from datetime import datetime

from libs.common.events.personal import ANSWER, SUBJECT
from libs.common.mongo import Document, Entity, Index, Kept, TenantScope
from services.consent.domain.rights.erasure import Erasure

ERASURES = Entity(
    "erasures",
    {
        "subject": ("string",),
        "holds": ("string",),
        "request": ("string",),
        "requests": ("array",),
        "customers": ("array", "null"),
        "at": ("date",),
        "begun_at": ("date",),
        "record": ("string",),
        "legs": ("array",),
        "completed_at": ("date", "null"),
    },
    ("subject", "holds", "request", "requests", "at", "begun_at", "record", "legs"),
    (
        Index((("holds", 1),), unique=True),
        Index((("legs.subject", 1),)),
        Index((("subject", 1),)),
        Index((("completed_at", 1),)),
    ),
    person="subject",
    kept=(Kept("requests", "completed_at"),),
    personal={
        "subject": SUBJECT.to(ANSWER),
        "customers": SUBJECT.to(ANSWER),
        "legs": SUBJECT.to(ANSWER),
        "holds": SUBJECT.to(ANSWER),
    },
    plain=("_id", "request", "requests", "record"),
)


class Erasures:
    """One tenant's. A person has one that is not completed, at the most.

    `holds` is the person while it is not, and the entry's own id afterwards; it is unique, so that
    of two that begin at the same moment one is written, and the other finds it.
    """

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.collection("erasures")

    async def get(self, erasure_id: str) -> Erasure | None:
        """The entry with this id."""
        row = await self._rows.get({"_id": erasure_id})
        return _erasure(row) if row else None

    async def under_way(self, subject: str) -> Erasure | None:
        """The person's entry that is not completed."""
        row = await self._rows.get({"holds": subject})
        return _erasure(row) if row else None

    async def ended(self, subjects: Collection[str]) -> dict[str, datetime]:
        """Of these subjects those who were erased, and when the last erasure was completed."""
        if not subjects:
            return {}
        query: Document = {"legs.subject": {"$in": sorted(subjects)}, "completed_at": {"$ne": None}}
        ended: dict[str, datetime] = {}
        for row in await self._rows.list(query, sort=[("completed_at", 1)]):
            ended |= {leg.subject: row["completed_at"] for leg in _erasure(row).legs}
        return ended

    async def put(self, erasure: Erasure) -> None:
        """Writes it as it is now."""
        holds = erasure.id if erasure.completed_at else erasure.subject
        told = erasure.model_dump(exclude={"id"})
        await self._rows.put({"_id": erasure.id, "holds": holds, **told})


def _erasure(row: Document) -> Erasure:
    return Erasure.model_validate({**row, "id": row["_id"]})
