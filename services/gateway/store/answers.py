"""Answers to requests that may come again, for a day; what they say lies sealed."""

import json
from datetime import datetime, timedelta
from typing import Final

from libs.common.events.personal import CARRY, USER, Personal
from libs.common.keys import Keys
from libs.common.mongo import Document, DuplicateKeyError, Entity, Index, TenantScope
from libs.common.privacy import MOST
from services.gateway.domain.repeating import KEPT, Answer, Claim, Known, State

AFTER: Final = timedelta(seconds=30)
"""What is answered so soon after an erasure was decided goes with it: other services may have had
the person yet. It has an end, since rounds are ordered until one finds nothing."""

ANSWERS = Entity(
    "answers",
    {
        "fence": ("string",),
        "fingerprint": ("string", "null"),
        "at": ("date",),
        "until": ("date",),
        "state": ("string",),
        "sealed": ("binData", "null"),
    },
    ("at", "state"),
    (
        Index((("at", 1),), ttl=int(KEPT.total_seconds())),
        Index((("state", 1), ("at", 1))),
    ),
    personal={
        "_id": USER.to(CARRY),
        "fingerprint": Personal("content", CARRY, "coded"),
        "sealed": Personal("content", CARRY, "sealed"),
    },
    plain=("fence", "state"),
)
_WITHHELD: Final = "withheld"


class Answers:
    """One tenant's. One row is no answer: until when kept ones are given out no more."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self._tenant = scope.tenant
        self._keys = keys
        self._rows = scope.collection(ANSWERS.name)

    def code(self, text: str) -> str:
        """The tenant's keyed code of a text."""
        return self._keys.code(self._tenant, f"answer {text}")

    async def claim(self, claim: Claim) -> Known | None:
        """Takes a key in hand; None where it is, else what there is already."""
        try:
            await self._rows.insert(_document(claim))
        except DuplicateKeyError:
            return await self.known(claim.id) or await self.claim(claim)  # it has just gone
        return None

    async def known(self, key: str) -> Known | None:
        """What there is of a key."""
        row = await self._rows.get({"_id": key})
        if row is None:
            return None
        withheld = await self._rows.get({"_id": _WITHHELD}) if row["state"] == "kept" else None
        return Known(
            _claim(row), row["state"], self._opened(row), withheld["at"] if withheld else None
        )

    async def take_over(self, former: Claim, claim: Claim) -> bool:
        """Takes a key in hand that is free again; False where another was faster."""
        row = _document(claim)
        key = row.pop("_id")
        return await self._rows.update({"_id": key, "fence": former.fence}, {"$set": row})

    async def keep(self, claim: Claim, answer: Answer) -> None:
        """It was carried out. Where another has taken over since, nothing changes."""
        await self._set(claim, "kept", self._sealed(claim, answer))

    async def doubt(self, claim: Claim) -> None:
        """It may have been carried out."""
        await self._set(claim, "unknown", None)

    async def release(self, claim: Claim) -> None:
        """It was not carried out, or may be once more."""
        await self._rows.remove({"_id": claim.id, "fence": claim.fence})

    async def any(self) -> bool:
        """Whether any answer is kept, or will be."""
        some = {"state": {"$in": ["kept", "in_hand"]}}
        return await self._rows.get(some, {"_id": 1}) is not None

    async def withhold(self, now: datetime) -> None:
        """What is kept by now is given to nobody any more: it may be of somebody who has gone."""
        if await self.any():
            told = {"$set": {"at": now, "state": _WITHHELD}}
            await self._rows.update({"_id": _WITHHELD}, told, upsert=True)

    async def erase(self, until: datetime) -> int:
        """Deletes what answers up to soon after then say, `MOST` of them; says of how many.

        All of them: each lies sealed, and nobody looks whom it is about.
        """
        query = {"state": "kept", "at": {"$lte": until + AFTER}}
        rows = await self._rows.list(query, limit=MOST, fields={"_id": 1})
        emptied = {"$set": {"state": "gone", "sealed": None}}
        await self._rows.change_all([({"_id": row["_id"]}, emptied) for row in rows])
        return len(rows)

    async def _set(self, claim: Claim, state: State, sealed: bytes | None) -> None:
        told = {"state": state, "sealed": sealed, "fingerprint": claim.fingerprint}
        await self._rows.update({"_id": claim.id, "fence": claim.fence}, {"$set": told})

    def _sealed(self, claim: Claim, answer: Answer) -> bytes | None:
        if answer.body is None:
            return None
        head = json.dumps({"status": answer.status, "headers": dict(answer.headers)}).encode()
        return self._keys.seal(self._tenant, _field(claim.id), head + b"\n" + answer.body)

    def _opened(self, row: Document) -> Answer | None:
        """Raises SealBroken, NoKeyError."""
        if row.get("sealed") is None:
            return None
        whole = self._keys.unseal(self._tenant, _field(row["_id"]), bytes(row["sealed"]))
        head, _, body = whole.partition(b"\n")
        return Answer(body=body, **json.loads(head))


def _field(key: str) -> str:
    return f"answer.{key}"


def _claim(row: Document) -> Claim:
    return Claim(row["_id"], row["fence"], row["fingerprint"], row["at"], row["until"])


def _document(claim: Claim) -> Document:
    return {
        "_id": claim.id,
        "fence": claim.fence,
        "fingerprint": claim.fingerprint,
        "at": claim.at,
        "until": claim.until,
        "state": "in_hand",
        "sealed": None,
    }
