"""Bytes to text: byte order mark, then strict UTF-8, then the code page of the region."""

import codecs
import io
from typing import Final

from libs.common.csvfile.unreadable import Unreadable

MARK: Final = "\ufdd0"
"""Stands where bytes could not be read. A noncharacter: no text holds it."""

ENCODINGS: Final = {
    "utf-8": "utf-8",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "windows-1256": "cp1256",
    "windows-1252": "cp1252",
    "iso-8859-1": "latin-1",
    "iso-8859-6": "iso8859-6",
}
"""The encodings that may be declared, and Python's names for them."""

_ARABIC: Final = frozenset(
    "AE BH DJ DZ EG IQ JO KM KW LB LY MA MR OM PS QA SA SD SO SY TD TN YE".split()  # noqa: SIM905 - one word list reads better than 23 strings
)
# Text of another encoding passes for a few UTF-8 characters by accident, never for most.
_MOSTLY: Final = 10

codecs.register_error("intnet.mark", lambda error: (MARK, getattr(error, "end", 0)))


class Decoder:
    """Decodes a file block by block, with every line end as a newline.

    `encoding` is the one in use: a file that was ASCII so far can still turn out to be of the
    region's code page.
    """

    def __init__(self, sample: bytes, region: str | None, declared: str | None = None) -> None:
        if declared and declared.lower() not in ENCODINGS:
            raise Unreadable("encoding", f"Name one of these encodings: {', '.join(ENCODINGS)}.")
        self._legacy = "windows-1256" if region in _ARABIC else "windows-1252"
        self.encoding = declared.lower() if declared else _guess(sample, self._legacy)
        self.marked = False
        self._ascii_so_far = declared is None and self.encoding == "utf-8"
        self._bytes = _incremental(self.encoding)
        self._newlines = io.IncrementalNewlineDecoder(None, translate=True)
        self._begun = False

    def decode(self, block: bytes, *, final: bool = False) -> str:
        """The text of the next block; broken bytes become MARK and set `marked`."""
        held = self._bytes.getstate()[0]
        text = self._bytes.decode(block, final)
        if self._ascii_so_far and not text.isascii():
            self._ascii_so_far = False
            if MARK in text and _guess(held + block, self._legacy) == self._legacy:
                self.encoding = self._legacy
                self._bytes = _incremental(self.encoding)
                text = self._bytes.decode(held + block, final)
        self.marked = self.marked or MARK in text
        if text and not self._begun:
            self._begun = True
            text = text.removeprefix("\ufeff")
        return self._newlines.decode(text, final)


def _guess(sample: bytes, legacy: str) -> str:
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if b"\0" in sample:
        # Delimiters and line ends have one zero byte: the first or the second of two.
        low, high = sample[1::2].count(0), sample[::2].count(0)
        return "utf-16-le" if low >= high else "utf-16-be"
    # Not final: the sample may end inside a character.
    text = _incremental("utf-8").decode(sample)
    broken = text.count(MARK)
    foreign = sum(not c.isascii() for c in text) - broken if broken else 0
    return "utf-8" if foreign >= broken * _MOSTLY else legacy


def _incremental(encoding: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(ENCODINGS[encoding])(errors="intnet.mark")
