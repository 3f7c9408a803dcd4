"""The log of `POST /v2/messages`: what was asked, what was answered, what was really accepted."""

from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import count, islice

from pydantic import JsonValue

from deploy.simulator.messages.payloads import moment
from deploy.simulator.payloads import Json

_LOGGED = 20_000


@dataclass
class Entry:
    """One request. `body` is None where it was not read, or is no JSON object.

    `way` is the fault that struck it, `accepted` where none did. `answered` is the HTTP status,
    None as long as, or if, nothing is answered. `accepted` only where this very request made a
    message; a replay names that message without accepting one. `withheld` where nobody but this
    log tells of it.
    """

    number: int
    received_at: datetime
    idempotency_key: str | None
    way: str | None = None
    body: Json | None = None
    answered: int | None = None
    code: str | None = None
    accepted: bool = False
    replayed: bool = False
    withheld: bool = False
    provider_id: str | None = None

    def json(self) -> Json:
        """The entry as it is shown: of the body, what tells the message."""
        shown: Json = asdict(self) | {"received_at": moment(self.received_at)}
        body = shown.pop("body")
        told = body if isinstance(body, dict) else {}
        return shown | {name: told.get(name) for name in ("from", "to", "text", "webhook_url")}


class Sends:
    """The latest requests, numbered from 1."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._numbers = count(1)
        self._entries: deque[Entry] = deque(maxlen=_LOGGED)

    def note(self, key: str | None) -> Entry:
        """A request has come."""
        entry = Entry(next(self._numbers), self._now(), key)
        self._entries.append(entry)
        return entry

    def since(self, number: int, limit: int) -> Json:
        """Entries after this number, oldest first; `last` is the number to go on from.

        `forgotten` counts those after the number that the log no longer holds.
        """
        first = self._entries[0].number if self._entries else number + 1
        following = (entry for entry in self._entries if entry.number > number)
        page = [*islice(following, limit)]
        entries: list[JsonValue] = [entry.json() for entry in page]
        last = page[-1].number if page else number
        return {"data": entries, "last": last, "forgotten": max(0, first - number - 1)}
