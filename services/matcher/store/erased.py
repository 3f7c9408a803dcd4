"""Numbers of people who were erased: their codes, and nothing else, so that no file brings them
back unnoticed."""

from collections.abc import Iterable
from datetime import datetime

from libs.common.events.personal import HEED, Personal
from libs.common.keys import Keys
from libs.common.mongo import Entity, TenantScope

ERASED = Entity(
    "erased", {"at": ("date",)}, ("at",), personal={"_id": Personal("evidence", HEED, "coded")}
)


class ErasedNumbers:
    """One tenant's, for ever. `_id` is the keyed code of a number."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self._tenant = scope.tenant
        self._keys = keys
        self._rows = scope.collection("erased")

    async def keep(self, subject: str, at: datetime) -> None:
        """Notes an erasure, the latest one."""
        await self._rows.update({"_id": subject}, {"$max": {"at": at}}, upsert=True)

    async def among(self, numbers: Iterable[str]) -> set[str]:
        """Those of these numbers (E.164) whose person was erased."""
        if await self._rows.get({}, {"_id": 1}) is None:
            return set()
        codes = {self._keys.code(self._tenant, number): number for number in numbers}
        rows = await self._rows.list({"_id": {"$in": list(codes)}})
        return {codes[row["_id"]] for row in rows}
