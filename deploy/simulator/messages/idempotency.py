"""`Idempotency-Key`: a repeated request is answered again and not done again.

Source: Telnyx, "Idempotency", and the header's description in its SDKs: 1 to 255 letters, digits,
hyphens, underscores, colons; a malformed header is 400, a request in progress 409, another
request with the key 422; only successful answers are replayed, for up to 24 hours.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from deploy.simulator.messages.errors import refused

_KEY = re.compile(r"[A-Za-z0-9_:-]{1,255}")
_KEPT = timedelta(hours=24)
_RECORDS = 20_000


@dataclass
class _Record:
    """`answer` is None while the first request is in progress."""

    request: bytes
    at: datetime
    answer: bytes | None = None


class Keys:
    """The keys of 24 hours; the oldest go first where there are too many."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def begin(self, key: str | None, request: bytes) -> bytes | None:
        """The answer to replay, or None: then `settle` has to follow. Raises Refusal."""
        if key is None:
            return None
        record = self._records.get(key)
        if record is None or record.at + _KEPT <= self._now():
            self._keep(key, _Record(request, self._now()))
            return None
        if record.request != request:
            raise refused(422, "10015", "The Idempotency-Key was used with another request.")
        if record.answer is None:
            raise refused(409, "10015", "A request with this Idempotency-Key is in progress.")
        return record.answer

    def settle(self, key: str | None, answer: bytes | None) -> None:
        """The request is over: with a successful answer, or without one and as if never made."""
        if key is None or key not in self._records:
            return
        if answer is None:
            del self._records[key]
        else:
            self._records[key].answer = answer

    def _keep(self, key: str, record: _Record) -> None:
        self._records[key] = record
        self._records.move_to_end(key)
        while len(self._records) > _RECORDS:
            self._records.popitem(last=False)


def key_of(given: Sequence[str]) -> str | None:
    """The key of the header's values, None without any. Raises Refusal."""
    if not given:
        return None
    if len(given) > 1 or not _KEY.fullmatch(given[0]):
        explained = "One Idempotency-Key of 1 to 255 letters, digits, hyphens, underscores, colons."
        raise refused(400, "10015", explained)
    return given[0]
