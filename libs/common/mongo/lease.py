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
    {"turn": ("int", "long"), "holder": ("string",), "until": ("date",)},
    plain=("_id", "holder"),
)


class Lease:
    """The right to do one kind of work, by its name.

    A holder that stalls can be overtaken and go on for a moment beside its successor: the work
    must bear that, and only should not be done twice.
    """

    def __init__(self, leases: Collection, name: str) -> None:
        self._leases = leases
        self._name = name
        self._me = uuid4().hex
        self._until: datetime | None = None

    async def hold(self) -> bool:
        """Whether it is ours for some seconds more; takes it where nobody has it."""
        now = clock.now()
        if self._until and LEASE / 2 < self._until - now <= LEASE:
            return True
        taken = await self._take(now)
        self._until = now + LEASE if taken else None
        return taken

    async def release(self) -> None:
        """Lets another have it at once."""
        self._until = None
        await self._leases.remove({"_id": self._name, "holder": self._me})

    async def _take(self, now: datetime) -> bool:
        row = await self._leases.get({"_id": self._name})
        mine = {"holder": self._me, "until": now + LEASE}
        if row is None:
            return await self._made(mine)
        # One that ends later than any can is from before the time was moved.
        if row["holder"] != self._me and now < row["until"] <= now + LEASE:
            return False
        seen = {"_id": self._name, "holder": row["holder"], "until": row["until"]}
        return await self._leases.update(seen, {"$set": mine})

    async def _made(self, mine: dict[str, object]) -> bool:
        try:
            await self._leases.insert({"_id": self._name, **mine})
        except DuplicateKeyError:
            return False
        return True
