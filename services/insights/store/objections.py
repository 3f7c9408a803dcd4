"""Who wants no cards made of them, or may have none."""

from libs.common.events import ConsentChanged
from libs.common.events.personal import HEED, SUBJECT
from libs.common.mongo import Entity, TenantScope

OBJECTIONS = Entity(
    "objections",
    {"version": ("int", "long"), "objected": ("bool",), "at": ("date",)},
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
            await self._rows.put({"_id": change.subject, **told})

    async def stands(self, subject: str | None) -> bool:
        """Whether this person wants no indicators made of them; nobody known never said so."""
        if subject is None:
            return False
        return await self._rows.get({"_id": subject, "objected": True}) is not None

    async def remove_ended(self, subject: str) -> int:
        """Deletes what says of a person that they do not object; says how many."""
        return await self._rows.remove({"_id": subject, "objected": False})
