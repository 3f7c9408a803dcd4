"""Undoes what spreadsheets, SIP headers and people put around a number."""

import re
import unicodedata
from urllib.parse import unquote

_LETTER = r"[^\W\d_]"
_EXTENSION = r"\s*(?:e?xt|x\s*\.?\d|int|#)"

# Direction marks, joiners, byte order mark and soft hyphen: invisible, and common in pasted cells.
_INVISIBLE = re.compile(r"[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_GUARD = re.compile(r"""^(?:=?\s*"(.*)"|[='`]+(.*))$""", re.DOTALL)
_SIP = re.compile(r"\bsips?:([^@>?;:]+(?:;ext=\d+)?)", re.IGNORECASE)
_ADDRESS = re.compile(r"^<?([^@\s<]+)@[^@\s]+$")
_FLOAT = re.compile(r"^(\+?\d{5,})[.,\u066b]0{1,2}$")
_BRACKETED_EXTENSION = re.compile(rf"[(\[]({_EXTENSION}[^()\[\]]*)[)\]]", re.IGNORECASE)
_BRACKETED = re.compile(rf"[(\[{{<][^()\[\]{{}}<>]*{_LETTER}[^()\[\]{{}}<>]*[)\]}}>]")
_TRAILER = re.compile(rf"(?<=[\d)])(?:\s*[-\u2013\u2014]+\s+|[\s,;:])*{_LETTER}[^\d]*$")
_SEPARATOR = re.compile(
    rf"([/|\n\r،؛&]|(?<!,),(?!,)(?!{_EXTENSION})|;(?!{_EXTENSION})(?!\s*[a-z-]+=)|\s(?:or|and|أو)\s)",
    re.IGNORECASE,
)

# Fewer digits than this before a word and the word may be part of the number: 1 800 FLOWERS.
_LABELLED = 5
# Fewer digits than this and a piece of a cell is no number of its own: 030/1234567.
_WHOLE = 7


def clean(raw: str) -> str:
    """The number without guards, marks, SIP address, spreadsheet decimals and labels."""
    text = raw if raw.isascii() else _folded(raw)
    text = text.strip()
    if guard := _GUARD.match(text):
        text = (guard[1] or guard[2] or "").strip()
    text = _user(text)
    if decimal := _FLOAT.match(text):
        return decimal[1]
    return _unlabelled(text)


def western(text: str) -> str:
    """Writes the digits of any script as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def split(cell: str) -> tuple[str, ...]:
    """The numbers in one cell, as written: "202-555-0133 / 202-555-0134" holds two."""
    pieces = _SEPARATOR.split(cell)
    parts = [pieces[0]]
    for mark, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        halves = mark == "/" and _digits(parts[-1]) < _WHOLE
        if _digits(piece) < _WHOLE or halves:
            parts[-1] += mark + piece
        else:
            parts.append(piece)
    return tuple(part.strip() for part in parts if part.strip())


def _folded(raw: str) -> str:
    """Full width, other digits and invisible marks undone."""
    return _INVISIBLE.sub("", western(unicodedata.normalize("NFKC", raw)))


def _user(text: str) -> str:
    if found := _SIP.search(text) or _ADDRESS.match(text):
        return unquote(found[1]).strip()
    return text


def _unlabelled(text: str) -> str:
    text = _BRACKETED_EXTENSION.sub(r" \1", text)
    text = _BRACKETED.sub(" ", text).strip()
    trailer = _TRAILER.search(text)
    if trailer and _digits(text[: trailer.start()]) >= _LABELLED:
        return text[: trailer.start()].strip()
    return text


def _digits(text: str) -> int:
    return sum(map(str.isdecimal, text))
