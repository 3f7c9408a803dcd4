"""Of whom what is kept may be stored and not used."""

from libs.common.events import ConsentChanged
from libs.common.events.personal import HEED, SUBJECT
from libs.common.keys import Keys
from libs.common.mongo import Document, Documents, Entity, TenantScope
from libs.common.phone import variants
from services.matcher.domain.known import Known
from services.matcher.domain.restriction import usable

RESTRICTIONS = Entity(
    "restrictions",
    {"version": ("int", "long"), "restricted": ("bool",), "at": ("date",)},
    ("version", "restricted", "at"),
    person="_id",
    personal={"_id": SUBJECT.to(HEED)},
)


class Restrictions:
    """One tenant's. `_id` is the subject."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self._tenant = scope.tenant
        self._keys = keys
        self._rows = scope.collection(RESTRICTIONS.name)

    async def note(self, change: ConsentChanged) -> None:
        """Keeps whether the person is restricted; the highest version counts."""
        known = await self._rows.get({"_id": change.subject})
        if known is None or known["version"] < change.version:
            told = {"version": change.version, "at": change.changed_at}
            await self._rows.put({"_id": change.subject, "restricted": change.restricted, **told})

    async def usable(self, e164: str, known: list[Known]) -> list[Known]:
        """Those of these people who may be shown to have this number."""
        if not known:
            return []
        own = {self._keys.code(self._tenant, spelling) for spelling in variants(e164)}
        asked = sorted(own | {person.subject for person in known})
        query = {"_id": {"$in": asked}, "restricted": True}
        rows = await self._rows.list(query, fields={"_id": 1})
        return usable(own, known, {row["_id"] for row in rows})

    async def among(self, customers: Documents) -> set[str]:
        """The ids of those of these records that hold a number whose person is restricted."""
        codes = {row["_id"]: self._codes(row) for row in customers}
        asked = sorted(set().union(*codes.values()))
        if not asked:
            return set()
        query = {"_id": {"$in": asked}, "restricted": True}
        found = {row["_id"] for row in await self._rows.list(query, fields={"_id": 1})}
        return {key for key, own in codes.items() if own & found}

    def _codes(self, row: Document) -> set[str]:
        spellings = {each for one in row["numbers"] for each in variants(one["e164"])}
        exact = {one["codes"]["exact"] for one in row["numbers"]}
        return exact | {self._keys.code(self._tenant, each) for each in spellings}

    async def remove_ended(self, subject: str) -> int:
        """Deletes what says of a person that they are not restricted; says how many."""
        return await self._rows.remove({"_id": subject, "restricted": False})
