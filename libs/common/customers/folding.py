"""Words of headers and cells in one form, so that spellings can be compared."""

import re
import unicodedata
from typing import Final

_ALEF: Final = "\u0627"
# People write alef with and without hamza, and a final ya without dots.
_LETTERS: Final = str.maketrans({"أ": _ALEF, "إ": _ALEF, "آ": _ALEF, "ى": "ي"})
_VOWELS = re.compile(r"[\u0640\u064b-\u065f\u0670]")
_APART = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """Lower case, words parted by one blank, Arabic without vowel marks and letter forms."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    return _APART.sub(" ", _VOWELS.sub("", folded)).strip()
