"""Reads what a person asks for in a text. It takes the reading that protects the person.

A keyword is the whole text: "Stop." is one, "STOP 12345" is not. A text that may ask for silence
in words of its own is `suspected`: somebody must decide, and marketing waits until then. Such are
texts that begin with a stop word, that end in "stop", or that hold a wording of the table.

It knows words, not meaning. It takes some for a wish that is none ("cancel my appointment", "I
don't text while I drive"), and misses irony, slips of the pen, letters of a look-alike script,
pictures (a hand, a stop sign) and languages other than English, Spanish and Arabic.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from libs.common.keywords.folding import fold
from libs.common.keywords.words import (
    ACCESS,
    CLOSINGS,
    ERASE,
    FILLERS,
    HARMLESS,
    HELP,
    START,
    STOP,
    WORDINGS,
)

LONGEST: Final = 2_000
"""Characters that are looked at; a text of ten segments has 1,530."""


class Keyword(StrEnum):
    """What a text asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    SUSPECTED = "suspected"
    ACCESS = "access"
    ERASE = "erase"
    NONE = "none"


def read(text: str | None) -> Keyword:
    """What the text asks for. Case, punctuation, pictures and blanks make no difference."""
    words = fold((text or "").strip()[:LONGEST])
    known = _KEYWORDS.get(words.replace(" ", ""))  # OPT OUT, OPT-OUT and S.T.O.P. too
    if known:
        return known
    return Keyword.SUSPECTED if _asks_for_silence(words) else Keyword.NONE


def _asks_for_silence(words: str) -> bool:
    told = _shorter(_HARMLESS.sub(" ", words))
    return any(wish.search(told) for wish in (_OPENING, _CLOSING, _WORDING))


def _shorter(words: str) -> str:
    """Without fillers."""
    return " ".join(_FILLER.sub(" ", words).split())


def _one_of(wordings: Iterable[str], start: str = "", end: str = "") -> re.Pattern[str]:
    """Finds whole words; a `*` in a wording stands for the rest of a word."""
    found = "|".join(_pattern(wording) for wording in wordings)
    return re.compile(rf"{start}(?<!\S)(?:{found})(?!\S){end}")


def _pattern(wording: str) -> str:
    words = (r"\S*".join(map(fold, word.split("*"))) for word in wording.split())
    return " ".join(words)


_EXACT: Final = (
    (Keyword.STOP, STOP),
    (Keyword.START, START),
    (Keyword.HELP, HELP),
    (Keyword.ACCESS, ACCESS),
    (Keyword.ERASE, ERASE),
)
_KEYWORDS: Final = {
    fold(word).replace(" ", ""): keyword for keyword, words in _EXACT for word in words
}
_FILLER: Final = _one_of(FILLERS)
_HARMLESS: Final = _one_of(HARMLESS)
_OPENING: Final = _one_of(STOP, start="^")
_CLOSING: Final = _one_of(CLOSINGS, end="$")
_WORDING: Final = _one_of(map(_shorter, WORDINGS))
