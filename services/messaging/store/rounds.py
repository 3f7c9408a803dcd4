"""Work that one process of several does at a time, and when it was done last."""

from datetime import datetime, timedelta

from libs.common.mongo import Document, DuplicateKeyError, Entity, TenantScope

ROUNDS = Entity(
    "rounds", {"until": ("date",), "done_at": ("date", "null")}, ("until",), plain=("_id",)
)


class Rounds:
    """The same for all tenants. `_id` is the name of the work."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.shared("rounds")

    async def take(self, name: str, now: datetime, lasting: timedelta) -> bool:
        """Takes the work, for so long at the most; False where somebody else has it.

        One that was taken by a clock ahead of ours is free as well.
        """
        row = await self._rows.get({"_id": name})
        if row is None:
            return await self._begin({"_id": name, "until": now + lasting, "done_at": None})
        if now < row["until"] <= now + lasting:
            return False
        as_read = {"_id": name, "until": row["until"]}
        return await self._rows.update(as_read, {"$set": {"until": now + lasting}})

    async def done_at(self, name: str) -> datetime | None:
        """When what was done last began; None where it never was."""
        row = await self._rows.get({"_id": name})
        return row["done_at"] if row else None

    async def give_back(self, name: str, now: datetime, done_at: datetime | None = None) -> None:
        """Lets others take it; `done_at` where it was done."""
        done = {"done_at": done_at} if done_at else {}
        await self._rows.update({"_id": name}, {"$set": {"until": now, **done}})

    async def _begin(self, row: Document) -> bool:
        try:
            await self._rows.insert(row)
        except DuplicateKeyError:
            return False
        return True
