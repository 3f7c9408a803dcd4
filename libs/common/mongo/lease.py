"""One process at a time: a lease that its holder renews and that ends by itself."""

from datetime import datetime, timedelta
from uuid import uuid4

from pymongo.errors import DuplicateKeyError

from libs.common import clock
from libs.common.mongo.schema import Entity
from libs.common.mongo.scope import Collection

LEASE = timedelta(seconds=10)

# `turn` is for writes that must not overlap: who raises it commits alone.
LEASES = Entity(
    "leases",
    {"turn": ("int", "long"), "holder": ("string",), "until": ("date",), "done_at": ("date",)},
    plain=("_id", "holder"),
)


class Lease:
    """The right to do one kind of work, by its name, for so long at a time.

    A holder that stalls can be overtaken and go on for a moment beside its successor: the work
    must bear that, and only should not be done twice. Every process names the same `lasting`.
    """

    def __init__(self, leases: Collection, name: str, lasting: timedelta = LEASE) -> None:
        self._leases = leases
        self._name = name
        self._lasting = lasting
        self._me = uuid4().hex
        self._until: datetime | None = None

    async def hold(self) -> bool:
        """Whether it is ours for some time more; takes it where nobody has it."""
        now = clock.now()
        if self._until and self._lasting / 2 < self._until - now <= self._lasting:
            return True
        taken = await self._take(now)
        self._until = now + self._lasting if taken else None
        return taken

    async def release(self, done_at: datetime | None = None) -> None:
        """Lets another have it at once; `done_at`, where the work was done, is kept.

        One that was overtaken changes nothing.
        """
        self._until = None
        done = {"$set": {"done_at": done_at}} if done_at else {}
        mine = {"_id": self._name, "holder": self._me}
        await self._leases.update(mine, {"$unset": {"holder": "", "until": ""}, **done})

    async def done_at(self) -> datetime | None:
        """What was said last of when the work was done, by whichever process; None for never."""
        row = await self._leases.get({"_id": self._name})
        return row.get("done_at") if row else None

    async def _take(self, now: datetime) -> bool:
        row = await self._leases.get({"_id": self._name})
        mine = {"holder": self._me, "until": now + self._lasting}
        if row is None:
            return await self._made(mine)
        holder, until = row.get("holder"), row.get("until")
        others = holder not in (None, self._me)
        # One that ends later than any can is from before the time was moved.
        if others and until and now < until <= now + self._lasting:
            return False
        seen = {"_id": self._name, "holder": holder, "until": until}
        return await self._leases.update(seen, {"$set": mine})

    async def _made(self, mine: dict[str, object]) -> bool:
        try:
            await self._leases.insert({"_id": self._name, **mine})
        except DuplicateKeyError:
            return False
        return True
