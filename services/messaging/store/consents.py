"""The copy of consent: one row per person, which every claim and every stop touches."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from libs.common.events import Permission
from libs.common.events.personal import HEED, SUBJECT, Personal
from libs.common.mongo import Entity, TenantScope
from services.messaging.domain.copy import Copy

_DATE = ("date", "null")

CONSENTS = Entity(
    "consents",
    {
        "version": ("int", "long"),
        "permissions": ("array",),
        "suppressed": ("bool",),
        "suspected": ("bool",),
        "objected": ("bool",),
        "restricted": ("bool",),
        "changed_at": _DATE,
        "stopped_at": _DATE,
        "started_at": _DATE,
        "suppressed_since": _DATE,
        "claimed_at": _DATE,
    },
    person="_id",
    personal={
        "_id": SUBJECT.to(HEED),
        "permissions": Personal("evidence", HEED),
    },
)


class Consents:
    """One tenant's copies. `_id` is the subject."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.collection("consents")

    async def get(self, subject: str) -> Copy:
        """What is known of a person: nothing, where nothing was heard."""
        row = await self._rows.get({"_id": subject}, {"claimed_at": 0})
        if row is None or "version" not in row:
            return Copy(subject=subject)
        known = {name: value for name, value in row.items() if name != "_id"}
        known["permissions"] = tuple(map(Permission.model_validate, known["permissions"]))
        return Copy(subject=subject, **known)

    async def keep(self, copy: Copy) -> None:
        """Writes what is known now."""
        row = asdict(copy)
        row["permissions"] = [one.model_dump() for one in copy.permissions]
        await self._rows.update({"_id": row.pop("subject")}, {"$set": row}, upsert=True)

    async def stopped(self, subjects: Sequence[str]) -> set[str]:
        """Those of these people who are to be left alone."""
        either = [{"suppressed": True}, {"stopped_at": {"$ne": None}}]
        rows = await self._rows.list({"_id": {"$in": list(subjects)}, "$or": either})
        return {row["_id"] for row in rows}

    async def restricted(self, subjects: Sequence[str]) -> set[str]:
        """Those of these people whose data may be kept and not used."""
        query = {"_id": {"$in": list(subjects)}, "restricted": True}
        return {row["_id"] for row in await self._rows.list(query, fields={"_id": 1})}

    async def erase(self, subject: str) -> int:
        """Deletes what is not needed to leave the person alone; 1 where there was any."""
        row = await self._rows.get({"_id": subject})
        if row is None:
            return 0
        kept = (await self.get(subject)).erased()
        if kept is None:
            return await self._rows.remove({"_id": subject})
        told = {name: value for name, value in asdict(kept).items() if name != "subject"}
        reduced = {"_id": subject, **told, "permissions": []}
        if row != reduced:
            await self._rows.put(reduced)
        return int(row != reduced)

    async def touch(self, subject: str, at: datetime) -> None:
        """Makes a claim and a stop that commit at one moment conflict, so that one runs again."""
        await self._rows.update({"_id": subject}, {"$set": {"claimed_at": at}}, upsert=True)
