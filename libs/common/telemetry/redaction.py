"""Takes phone numbers, addresses and credentials out of whatever is about to leave the process.

It errs on the side of hiding: seven digits in a row are a phone number unless their form
(UUID, ISO time, long hex) or their key (`port`, `offset`, `duration_ms`) says otherwise.
"""

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from enum import Enum
from pathlib import PurePath
from urllib.parse import unquote
from uuid import UUID

NUMBER, ADDRESS, SECRET = "[number]", "[e-mail]", "[secret]"

_OPAQUE_KEYS = frozenset({"trace_id", "span_id", "parent_id", "traceparent", "tenant"})
_COUNTING_KEY = re.compile(
    r"(?:^|[._-])(?:at|attempts?|bytes|code|count|depth|duration|epoch|generation|lag|level|line"
    r"|lineno|ms|ns|offset|partition|pid|port|position|rows|seconds|size|status|time|timestamp"
    r"|total|version)(?:$|[._-])",
    re.IGNORECASE,
)
_SECRET_KEY = re.compile(
    r"(?:^|[._-])(?:authorization|cookie|password|secret|token)(?:$|[._-])", re.IGNORECASE
)
_DEEPEST = 8

_HEX = r"[0-9a-fA-F]"
_READABLE = (
    rf"(?<![0-9A-Za-z%])(?:{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}"  # UUID
    rf"|00-{_HEX}{{32}}-{_HEX}{{16}}-[0-9]{{2}}"  # traceparent
    r"|(?=[0-9]*[a-f])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})"  # digests, UUIDs without dashes
    r"|[a-z-]{1,40}(?:\.[a-z-]{1,40})?\.v[0-9]{1,2}/[0-9]{1,4}/[0-9]{1,19}"  # a record's place
    r"|[0-9]{4}-[01][0-9]-[0-3][0-9]"  # date, time
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
    r")(?![0-9A-Za-z])"
)
_BETWEEN = (
    "[\\s().+/\\\\\u00b7\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff_-]{0,4}"
)
_NUMBER = rf"[+(]{{0,2}}\d(?:{_BETWEEN}\d){{6,}}"  # \d: the digits of every script
_ADDRESS = r"[^\s@<>\"'(),;:=/]{1,64}@[^\s@<>\"'(),;:]{1,253}\.\w{2,}"
_CREDENTIAL = (
    r"(?i:bearer|basic)\s+[\w.~+/=-]{8,}|(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*"
    r"|//[^\s/@:]{0,64}:[^\s/@]{1,256}@|ink_live_\w+"
)
_FINDER = re.compile(
    rf"(?P<credential>{_CREDENTIAL})|(?P<address>{_ADDRESS})|(?P<readable>{_READABLE})"
    rf"|(?P<number>{_NUMBER})"
)
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_ESCAPED_BYTES = re.compile(r"(?:\\x[c-fC-F89abAB][0-9a-fA-F])+")


def redact(value: object, key: str = "") -> object:
    """A copy made of plain dicts, lists, text and numbers, without personal digits.

    Args:
        value: anything; an object of an unknown class becomes the name of its class.
        key: what the value is called, which can tell that its digits only count something.
    """
    return _redact(value, key, 0)


def _redact(value: object, key: str, depth: int) -> object:
    if value is not None and _SECRET_KEY.search(key):
        return SECRET
    if depth > _DEEPEST:
        return "..."
    if isinstance(value, Mapping):
        return {
            redact_text(str(name)): _redact(item, str(name), depth + 1)
            for name, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_redact(item, key, depth + 1) for item in value]
    return _leaf(value, key)


def _leaf(value: object, key: str) -> object:
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if abs(value) < 1_000_000 or _COUNTING_KEY.search(key) else NUMBER
    if isinstance(value, bytes | bytearray | memoryview):
        value = bytes(value).decode("utf-8", "replace")
    if isinstance(value, str):
        return value if key in _OPAQUE_KEYS and "+" not in value else redact_text(value)
    if isinstance(value, date | time | timedelta | UUID | PurePath):
        return redact_text(str(value))
    return f"<{type(value).__qualname__}>"


def redact_text(text: str) -> str:
    """The text without phone numbers, e-mail addresses and credentials, in any spelling."""
    return _FINDER.sub(_replace, _plain(text))


def _replace(match: re.Match[str]) -> str:
    masks = {"number": NUMBER, "address": ADDRESS, "credential": SECRET}
    return masks.get(match.lastgroup or "", match[0])


def _plain(text: str) -> str:
    """Undoes URL and backslash escapes where they could hide digits or an `@`."""
    for _ in range(_DEEPEST):
        if "%" not in text or text == (text := unquote(text, errors="replace")):
            break
    if "\\u" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if "\\x" in text:
        text = _ESCAPED_BYTES.sub(_bytes_of, text)
    return text


def _bytes_of(found: re.Match[str]) -> str:
    return bytes.fromhex(found[0].replace("\\x", "")).decode("utf-8", "replace")
