"""What stores have handed over so far, sealed as they sent it, until the package is made."""

import json
from base64 import b64decode
from collections import defaultdict
from datetime import datetime
from typing import Any

from libs.common.events import ExportPart
from libs.common.events.personal import ANSWER, SUBJECT, Personal
from libs.common.events.privacy import PART_FIELD
from libs.common.keys import Keys
from libs.common.mongo import Entity, Index, Kept, TenantScope

PARTS = Entity(
    "parts",
    {
        "request": ("string",),
        "subject": ("string",),
        "store": ("string",),
        "at": ("date",),
        "index": ("int", "long"),
        "parts": ("int", "long"),
        "sealed": ("binData",),
    },
    ("request", "subject", "store", "at", "index", "parts", "sealed"),
    (
        Index((("request", 1), ("store", 1), ("index", 1))),
        Index((("subject", 1),)),
        Index((("at", 1),)),
    ),
    person="subject",
    kept=(Kept("packages", "at"),),
    personal={
        "subject": SUBJECT.to(ANSWER),
        "sealed": Personal("content", ANSWER, "sealed"),
    },
    plain=("_id", "request", "store"),
)


class Parts:
    """One tenant's. The pieces of one answer have the same `at`; a later answer replaces it."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self._tenant = scope.tenant
        self._keys = keys
        self._rows = scope.collection("parts")

    async def keep(self, part: ExportPart) -> bool:
        """Keeps a piece; says whether all pieces of that answer are here now."""
        answer = {"request": part.request_id, "store": part.store}
        if await self._rows.get({**answer, "at": {"$gt": part.at}}, {"_id": 1}):
            return False
        await self._rows.remove({**answer, "at": {"$lt": part.at}})
        told = {"subject": part.subject, "at": part.at, "index": part.index, "parts": part.parts}
        sealed = b64decode(part.sealed)
        key = f"{part.request_id}/{part.store}/{part.index:06d}"
        await self._rows.put({"_id": key, **answer, **told, "sealed": sealed})
        return await self._rows.count({**answer, "at": part.at}) == part.parts

    async def read_at(self, request_id: str) -> dict[str, datetime]:
        """From when what each store told is."""
        rows = await self._rows.list({"request": request_id, "index": 0}, fields={"sealed": 0})
        return {row["store"]: row["at"] for row in rows}

    async def rows(self, request_id: str) -> dict[str, list[Any]]:
        """What all of them told, by category. Raises SealBroken."""
        told: dict[str, list[Any]] = defaultdict(list)
        order = [("store", 1), ("index", 1)]
        async for row in self._rows.stream({"request": request_id}, sort=order):
            plain = self._keys.unseal(self._tenant, PART_FIELD, bytes(row["sealed"]))
            for name, some in json.loads(plain).items():
                told[name] += some
        return dict(told)

    async def forget(self, request_id: str) -> None:
        """The package is made, or nobody waits for it any more."""
        await self._rows.remove({"request": request_id})

    async def forget_person(self, subject: str) -> None:
        """The person is erased."""
        await self._rows.remove({"subject": subject})
