"""What looks like a number or an address of a person has no place in evidence that stays."""

import re
from collections.abc import Mapping

WITHHELD = "[withheld]"

Value = str | int | bool

_TOO_LONG = 10**8  # a national number has nine digits or more
_MOST = 2**53  # of a number in RFC 8785

# What we count ourselves, however much it is: by action, since a name alone may come to mean
# something else. All others of nine digits or more are withheld, also those that a caller gives.
COUNTS: Mapping[str, frozenset[str]] = {
    "access.read": frozenset({"documents"}),
    "audit.number_again": frozenset({"source_seq", "last", "sequence"}),
    "audit.read": frozenset({"documents", "up_to"}),
    "erasure.answered": frozenset({"documents"}),
    "import.finished": frozenset(
        {"rows", "created", "updated", "unchanged", "repeated", "rejected", "renewed"}
    ),
    "privacy.ready": frozenset({"bytes"}),
    "retention.swept": frozenset({"documents"}),
}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?")
_PLACE = re.compile(r"[a-z-]+(\.[a-z-]+)*\.v\d+/\d+/\d+")  # in the log: topic/partition/offset
_ADDRESS = re.compile("[^\\s@\uff20<>]+[@\uff20][^\\s@\uff20<>]+")  # also with the wide sign
# As people group them: 0664/123 45 67, also with the dashes of typesetters.
_NUMBER = re.compile("(?<![\\w-])\\+?\\(?\\d(?:[\\s()./\u2010-\u2015-]{0,2}\\d){6,18}(?![\\w-])")


def facts(given: Mapping[str, Value], action: str = "") -> tuple[dict[str, Value], int]:
    """The facts that may be kept of a note of this action, and how many values were withheld."""
    counts = COUNTS.get(action, frozenset[str]())
    kept = {name: _kept(value, counted=name in counts) for name, value in given.items()}
    return kept, sum(kept[name] is not value for name, value in given.items())


def text(given: str | None) -> tuple[str | None, int]:
    """The same for one text."""
    return (WITHHELD, 1) if given is not None and _is_personal(given) else (given, 0)


def _kept(value: Value, *, counted: bool) -> Value:
    most = _MOST if counted else _TOO_LONG
    personal = _is_personal(value) if isinstance(value, str) else abs(value) >= most
    return WITHHELD if personal else value


def _is_personal(value: str) -> bool:
    if _DATE.fullmatch(value) or _PLACE.fullmatch(value):
        return False
    return bool(_ADDRESS.search(value) or _NUMBER.search(value))
