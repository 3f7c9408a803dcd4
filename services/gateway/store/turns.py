"""Writes that must not overlap take turns."""

from libs.common.mongo import TenantScope


class Turns:
    """Counters: two transactions that raise the same one conflict, and one is run again.

    It guards rules over several documents (a number has one owner, an agency has an Admin),
    which snapshot isolation alone would let two writers break together.
    """

    def __init__(self, scope: TenantScope) -> None:
        self._turns = scope.shared("leases")

    async def take(self, name: str) -> None:
        """Waits for nobody, but commits only alone."""
        await self._turns.update({"_id": name}, {"$inc": {"turn": 1}}, upsert=True)
