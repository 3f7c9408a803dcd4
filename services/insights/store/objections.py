"""Who wants no cards made of them, or may have none; and whose may not be shown."""

from collections.abc import Iterable

from libs.common.events import ConsentChanged
from libs.common.events.personal import HEED, SUBJECT
from libs.common.mongo import Entity, TenantScope

OBJECTIONS = Entity(
    "objections",
    {
        "version": ("int", "long"),
        "objected": ("bool",),
        "restricted": ("bool",),
        "at": ("date",),
    },
    ("version", "objected", "at"),
    person="_id",
    personal={"_id": SUBJECT.to(HEED)},
)


class Objections:
    """One tenant's. `_id` is the subject."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.collection(OBJECTIONS.name)

    async def note(self, change: ConsentChanged) -> None:
        """Keeps whether the person wants no cards, or may have none; the highest version counts."""
        known = await self._rows.get({"_id": change.subject})
        if known is None or known["version"] < change.version:
            refused = change.objected or change.restricted
            told = {"version": change.version, "objected": refused, "at": change.changed_at}
            if change.restricted:
                told["restricted"] = True
            await self._rows.put({"_id": change.subject, **told})

    async def stands(self, subject: str | None) -> bool:
        """Whether this person wants no indicators made of them; nobody known never said so."""
        if subject is None:
            return False
        return await self._rows.get({"_id": subject, "objected": True}) is not None

    async def restricted(self, subjects: Iterable[str | None]) -> set[str]:
        """Those of these people whose data may be kept and not used."""
        asked = sorted({one for one in subjects if one is not None})
        query = {"_id": {"$in": asked}, "restricted": True}
        return {row["_id"] for row in await self._rows.list(query, fields={"_id": 1})}

    async def remove_ended(self, subject: str) -> int:
        """Deletes what says of a person that they do not object; says how many."""
        return await self._rows.remove({"_id": subject, "objected": False})
