"""Under which random id entries name a person: what an erasure takes away."""

from collections.abc import Collection
from uuid import uuid4

from libs.common.events.personal import PROVE, SUBJECT
from libs.common.mongo import Entity, TenantScope

PERSONS = Entity(
    "persons",
    {"person": ("string",)},
    ("person",),
    person="_id",
    personal={"_id": SUBJECT.to(PROVE), "person": SUBJECT.to(PROVE)},
)


class Persons:
    """One tenant's. `_id` is the person's subject."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.collection("persons")

    async def ids(self, subjects: Collection[str]) -> dict[str, str]:
        """The id of each person; those who have none get one."""
        if not subjects:
            return {}
        rows = await self._rows.list({"_id": {"$in": sorted(subjects)}})
        known: dict[str, str] = {row["_id"]: row["person"] for row in rows}
        fresh = {one: f"per_{uuid4().hex}" for one in sorted(subjects) if one not in known}
        await self._rows.insert_all([{"_id": one, "person": id_} for one, id_ in fresh.items()])
        return known | fresh

    async def id(self, subject: str) -> str | None:
        """The id of a person; None for one who has none."""
        row = await self._rows.get({"_id": subject})
        return row["person"] if row else None

    async def forget(self, subject: str) -> bool:
        """Says whether there was one."""
        return bool(await self._rows.remove({"_id": subject}))
