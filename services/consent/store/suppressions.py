"""Numbers to be left alone, under a code of their own that outlives what else is kept."""

from collections.abc import Mapping
from dataclasses import asdict

from libs.common.events.personal import HEED, SUBJECT, Personal
from libs.common.keys import Keys
from libs.common.mongo import Document, Entity, TenantScope
from services.consent.domain.ledger.state import State
from services.consent.domain.ledger.suppression import Suppression, settled

USE = "suppression"

SUPPRESSIONS = Entity(
    "suppressions",
    {"reason": ("string",), "at": ("date",), "lifted_at": ("date", "null")},
    ("reason", "at"),
    personal={
        "_id": SUBJECT.to(HEED),
        "reason": Personal("evidence", HEED),
    },
)


class Suppressions:
    """One tenant's list. `_id` is the number's code under the tenant's suppression key."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self._tenant = scope.tenant
        self._keys = keys
        self._rows = scope.collection("suppressions")

    async def get(self, e164: str) -> Suppression | None:
        """The number's entry; it stays when it is lifted."""
        row = await self._rows.get({"_id": self._code(e164)})
        return _suppression(row) if row else None

    async def put(self, e164: str, entry: Suppression) -> None:
        """Writes the number's entry."""
        await self._rows.put({"_id": self._code(e164), **asdict(entry)})

    async def settle(self, states: Mapping[str, State]) -> None:
        """Brings the entries of these numbers up to the states of their people."""
        told = {self._code(e164): state for e164, state in states.items()}
        rows = await self._rows.list({"_id": {"$in": list(told)}}) if told else []
        held = {row["_id"]: _suppression(row) for row in rows}
        entries = {code: settled(held.get(code), state) for code, state in told.items()}
        await self._rows.put_all(
            [
                {"_id": code, **asdict(entry)}
                for code, entry in entries.items()
                if entry and entry != held.get(code)
            ]
        )

    def _code(self, e164: str) -> str:
        return self._keys.code(self._tenant, e164, USE)


def _suppression(row: Document) -> Suppression:
    return Suppression(row["reason"], row["at"], row["lifted_at"])
