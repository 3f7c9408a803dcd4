"""Deleting what a service holds of a person, by what its collections are declared to be."""

import asyncio
from collections.abc import Iterable
from functools import partial

from libs.common.bus.parking import FIELD, PARKED, unpack
from libs.common.events import (
    AuditNoted,
    CorrectionDone,
    ErasureDone,
    ErasureOrdered,
    ExportOrdered,
    HoldersAsked,
    HoldersTold,
)
from libs.common.keys import PLATFORM, Keys, NoKeyError, SealBroken
from libs.common.mongo import Collection, Document, Entity, TenantScope
from libs.common.privacy.mentions import mentions

MOST = 5_000
"""Documents of one collection that a round deletes: a transaction has five seconds.

A round that deleted anything is followed by another one, which goes on.
"""

_SPARED = frozenset(
    kind.TYPE
    for kind in (
        *(AuditNoted, CorrectionDone, ErasureDone, ErasureOrdered),
        *(ExportOrdered, HoldersAsked, HoldersTold),
    )
)
"""They must be done, and hold nothing of a person but the code."""

_BREATH = 50
"""After so many records that were unsealed and read, others have their turn."""


class Eraser:
    """One tenant's part of a service, within its unit of work."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self._scope = scope
        self._keys = keys

    async def rows(self, entities: Iterable[Entity], subject: str) -> dict[str, int]:
        """Deletes the documents about a person; how many, by collection."""
        return {
            entity.name: await take_out(
                self._scope.collection(entity.name), {entity.person: subject}
            )
            for entity in entities
            if entity.person
        }

    async def parked(self, subject: str, region: str) -> int:
        """Deletes parked records that speak of the person; says how many.

        Not what is spared. Corrections, texts to the person and parts of packages are not: what
        they say is the person's.
        """
        rows = self._scope.shared("parked")
        query = {"state": PARKED, "tenant": {"$in": [self._scope.tenant, None]}}
        found: list[str] = []
        read = 0
        async for row in rows.stream(query):
            read += 1
            if read % _BREATH == 0:
                await asyncio.sleep(0)
            if row["type"] not in _SPARED and self._speaks(row, subject, region):
                found.append(row["_id"])
        return await rows.remove({"_id": {"$in": found}}) if found else 0

    def _speaks(self, row: Document, subject: str, region: str) -> bool:
        try:
            packed = self._keys.unseal(PLATFORM, FIELD, bytes(row["sealed"]))
        except (SealBroken, NoKeyError):
            return False  # nobody can read it
        record = unpack(row["_id"], packed)
        about = partial(
            mentions, subject=subject, code=partial(self._keys.code, self._scope.tenant)
        )
        return any(about(part, region=region) for part in (record.key, record.value) if part)


async def take_out(rows: Collection, query: Document) -> int:
    """Deletes up to `MOST` documents that fit; says how many."""
    found = await rows.list(query, limit=MOST, fields={"_id": 1})
    return await rows.remove({"_id": {"$in": [row["_id"] for row in found]}}) if found else 0
