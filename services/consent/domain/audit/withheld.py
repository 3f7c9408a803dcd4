"""What looks like a number or an address of a person has no place in evidence that stays."""

import re
from collections.abc import Mapping

WITHHELD = "[withheld]"

Value = str | int | bool

_TOO_LONG = 10**8  # a national number has nine digits or more
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?")
_PLACE = re.compile(r"[a-z-]+(\.[a-z-]+)*\.v\d+/\d+/\d+")  # in the log: topic/partition/offset
_ADDRESS = re.compile("[^\\s@\uff20<>]+[@\uff20][^\\s@\uff20<>]+")  # also with the wide sign
# As people group them: 0664/123 45 67, also with the dashes of typesetters.
_NUMBER = re.compile("(?<![\\w-])\\+?\\(?\\d(?:[\\s()./\u2010-\u2015-]{0,2}\\d){6,18}(?![\\w-])")


def facts(given: Mapping[str, Value]) -> tuple[dict[str, Value], int]:
    """The facts that may be kept, and how many values were withheld."""
    kept = {name: _kept(value) for name, value in given.items()}
    return kept, sum(kept[name] is not value for name, value in given.items())


def text(given: str | None) -> tuple[str | None, int]:
    """The same for one text."""
    return (WITHHELD, 1) if given is not None and _is_personal(given) else (given, 0)


def _kept(value: Value) -> Value:
    personal = _is_personal(value) if isinstance(value, str) else _is_long(value)
    return WITHHELD if personal else value


def _is_personal(value: str) -> bool:
    if _DATE.fullmatch(value) or _PLACE.fullmatch(value):
        return False
    return bool(_ADDRESS.search(value) or _NUMBER.search(value))


def _is_long(value: int) -> bool:
    return abs(value) >= _TOO_LONG
