"""Finds a telephone number in bytes, in every spelling that people and programs use."""

import base64
import hashlib
import re
import struct
import unicodedata
from binascii import Error
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote_to_bytes

_APART = r"[^0-9A-Za-z]{0,3}"
_DIGITS = {
    ord(c): str(unicodedata.decimal(c)) for c in map(chr, range(0x660, 0x6FA)) if c.isdecimal()
}
_ESCAPED = re.compile(r"\\u(0(?:66|6f)[0-9])", re.IGNORECASE)
HASHES = ("md5", "sha1", "sha256")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{10,}")
_HEX = re.compile(rb"[0-9A-Fa-f]{16,}")
_STANDARD = bytes.maketrans(b"-_", b"+/")
_DEEP = 2
"""How many encodings inside each other are undone."""


@dataclass(frozen=True)
class Traces:
    """A number (E.164) and its national digits, as they could be left somewhere.

    Digits that belong to a longer row of digits are another number, or a time.
    """

    number: str
    national: str

    def count(self, content: bytes) -> int:
        """How often it is in there, in whatever form."""
        return self._plain(content) + self.hidden(content)

    def hidden(self, content: bytes) -> int:
        """How often it is in there in a form that nobody reads: encoded, or hashed."""
        return self._disguised(content) + self._encoded(content, _DEEP)

    def _plain(self, content: bytes) -> int:
        """As people write it, percent-encoded or not."""
        found = self._spelled(content)
        if not found and b"%" in content:
            found = self._spelled(unquote_to_bytes(content))
        return found

    def _spelled(self, content: bytes) -> int:
        return len(self._spelling.findall(western(content)))

    @cached_property
    def _spelling(self) -> re.Pattern[str]:
        """Country code or not, 00 or 0 before it or not, and whatever stands between digits."""
        country = _APART.join(self.number.removeprefix("+").removesuffix(self.national))
        national = _APART.join(self.national)
        whole = rf"(?:(?:00|011)?{_APART}{country}{_APART})?(?:0{_APART})?{national}"
        return re.compile(rf"(?<![0-9]){whole}(?![0-9])")

    def _disguised(self, content: bytes) -> int:
        """UTF-16, a 64-bit integer, or a hash without a key: anybody can try out all numbers."""
        lowered = content.lower()
        in_text = sum(lowered.count(needle) for needle in self.in_text)
        return in_text + sum(content.count(needle) for needle in self.as_bytes)

    @cached_property
    def _spellings(self) -> list[bytes]:
        digits = self.number.removeprefix("+")
        every = (self.number, digits, f"00{digits}", self.national, f"0{self.national}")
        return [text.encode() for text in every]

    @cached_property
    def _digests(self) -> list[bytes]:
        return [hashlib.new(name, raw).digest() for name in HASHES for raw in self._spellings]

    @cached_property
    def in_text(self) -> list[bytes]:
        """What is looked for in lower case."""
        return [digest.hex().encode() for digest in self._digests]

    @cached_property
    def as_bytes(self) -> list[bytes]:
        """What is looked for as it is."""
        wide = [self.national.encode(name) for name in ("utf-16-le", "utf-16-be")]
        in_base64 = [base64.b64encode(digest).rstrip(b"=") for digest in self._digests]
        return [*wide, self.integer, *self._digests, *in_base64]

    @cached_property
    def integer(self) -> bytes:
        """As 64 bits."""
        return struct.pack("<q", int(self.number.removeprefix("+")))

    def _encoded(self, content: bytes, deep: int) -> int:
        """In base64 or hex, from whichever place on."""
        if deep == 0:
            return 0
        return sum(
            1
            for inside in insides(content)
            if self._plain(inside) or self._disguised(inside) or self._encoded(inside, deep - 1)
        )


def western(content: bytes) -> str:
    """As text, with Arabic digits written as 0 to 9, also where JSON has escaped them."""
    text = content.decode("utf-8", "replace")
    if "\\u0" in text:
        text = _ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), text)
    return text.translate(_DIGITS)


def apart(digits: str) -> re.Pattern[str]:
    """These digits with whatever people put between them."""
    return re.compile(_APART.join(digits))


def insides(content: bytes) -> Iterator[bytes]:
    """What could be encoded in there."""
    yield from _out_of_base64(content)
    yield from _out_of_hex(content)


def _out_of_base64(content: bytes) -> Iterator[bytes]:
    """What each word could stand for; it may begin with what is no part of it."""
    for word in _BASE64.findall(content):
        for start in range(4):
            part = word[start:].translate(_STANDARD)
            part = part[: len(part) - (len(part) % 4 == 1)]
            try:
                yield base64.b64decode(part + b"=" * (-len(part) % 4))
            except Error:
                continue


def _out_of_hex(content: bytes) -> Iterator[bytes]:
    for word in _HEX.findall(content):
        for start in range(2):
            part = word[start:]
            yield bytes.fromhex(part[: len(part) // 2 * 2].decode())
