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

    async def known(self, subjects: Collection[str]) -> dict[str, str]:
        """The ids of those who have one."""
        if not subjects:
            return {}
        rows = await self._rows.list({"_id": {"$in": sorted(subjects)}})
        return {row["_id"]: row["person"] for row in rows}

    async def keep(self, subjects: Collection[str]) -> dict[str, str]:
        """Gives an id to each; none of them has one."""
        made = unkept(subjects)
        await self._rows.insert_all([{"_id": one, "person": id_} for one, id_ in made.items()])
        return made

    async def id(self, subject: str) -> str | None:
        """The id of a person; None for one who has none."""
        row = await self._rows.get({"_id": subject})
        return row["person"] if row else None

    async def forget(self, subject: str) -> bool:
        """Says whether there was one."""
        return bool(await self._rows.remove({"_id": subject}))


def unkept(subjects: Collection[str]) -> dict[str, str]:
    """An id for each, of which nobody but its entries knows."""
    return {one: f"per_{uuid4().hex}" for one in sorted(subjects)}
