"""What a service holds of a person, as it is handed over: plain rows, in pieces that events carry.

Nothing of it is read within a transaction: a person may have more than fits into one.
"""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from pydantic import BaseModel

from libs.common import clock
from libs.common.events import ExportOrdered, ExportPart
from libs.common.events.privacy import PART_FIELD
from libs.common.keys import Keys
from libs.common.mongo import Document, Entity, TenantScope

LARGEST: Final = 600_000
"""Bytes of a piece before it is sealed; in base64 it is a third longer. An event takes 900 kB."""

_BREATH: Final = 50
"""After so many rows that were unsealed and written, others have their turn."""

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
Show = Callable[[Document], Row | None]


class Teller:
    """One tenant's part of a service, outside a unit of work."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self._scope = scope
        self._keys = keys

    async def rows(self, entity: Entity, subject: str, show: Show) -> list[Row]:
        """The documents about a person, as `show` has them; those of which it says None are left
        out."""
        rows = self.documents(entity, subject)
        return [shown async for row in rows if (shown := show(row)) is not None]

    async def documents(self, entity: Entity, subject: str) -> AsyncIterator[Document]:
        """The documents about a person as they are kept, one after the other."""
        if entity.person is None:
            return
        read = 0
        async for row in self._scope.collection(entity.name).stream({entity.person: subject}):
            yield row
            read += 1
            if read % _BREATH == 0:
                await asyncio.sleep(0)

    def open(self, field: str, sealed: bytes | None) -> str | None:
        """The text that was sealed for this field; None where there is none. Raises SealBroken."""
        if sealed is None:
            return None
        return self._keys.unseal(self._scope.tenant, field, bytes(sealed)).decode()

    def parts(
        self, order: ExportOrdered, store: str, at: datetime, rows: Rows
    ) -> Iterator[ExportPart]:
        """What a store answers: at least one part, with nothing where it holds nothing.

        `at` is from when the rows are. Raises ValueError where one row alone is too large.
        """
        told = pieces(rows)
        for index, piece in enumerate(told):
            sealed = self._keys.seal(self._scope.tenant, PART_FIELD, piece)
            yield ExportPart(
                request_id=order.request_id,
                subject=order.subject,
                store=store,
                at=at,
                index=index,
                parts=len(told),
                sealed=b64encode(sealed).decode(),
            )


def pieces(rows: Rows, largest: int = LARGEST) -> list[bytes]:
    """JSON objects of collection to rows, none longer than `largest`, one at the least."""
    done: list[bytes] = []
    held: dict[str, list[bytes]] = {}
    size = 2
    for name, row in ((name, row) for name, many in rows.items() for row in many):
        written = _json(plain(row))
        more = len(written) + len(name) + 8  # its quotes, brackets and commas
        if more + 2 > largest:
            raise ValueError(f"a row of {name} is too large to hand over: {len(written)} bytes")
        if size + more > largest:
            done.append(_joined(held))
            held, size = {}, 2
        held.setdefault(name, []).append(written)
        size += more
    return [*done, _joined(held)] if held or not done else done


def plain(value: object) -> Any:
    """The same as JSON has it: moments in RFC 3339 (UTC), decimals as text, nothing that is None.

    Raises TypeError for what has no plain form, such as sealed bytes.
    """
    match value:
        case BaseModel():
            told: Any = plain(value.model_dump())
        case Mapping():
            told = {str(name): plain(one) for name, one in value.items() if one is not None}
        case list() | tuple() | set() | frozenset():
            told = [plain(one) for one in value]
        case datetime():
            told = clock.rfc3339(value)
        case date():
            told = value.isoformat()
        case Decimal():
            told = str(value)
        case None | str() | int() | float():
            told = value
        case _:
            name = type(value).__name__
            raise TypeError(f"{name} has no plain form: open it, or leave it out")
    return told


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _joined(held: Mapping[str, Sequence[bytes]]) -> bytes:
    members = (_json(name) + b":[" + b",".join(rows) + b"]" for name, rows in held.items())
    return b"{" + b",".join(members) + b"}"
