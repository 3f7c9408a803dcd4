"""One spelling for what a reader takes for the same words."""

import re
import unicodedata

# A digit or an i that is shown as a picture: boxed digits, the sign for information.
_PICTURE = re.compile(r"[0-9\u2139]\ufe0f")
_ACUTE = "´"  # as an apostrophe; decomposed it would hold a blank
# Apostrophes and tatweel are silent; letters that stand for one another become one.
_SAME = str.maketrans(
    {"ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ı": "i"} | dict.fromkeys("'’‘ʼ`′ـ", "")
)


def fold(text: str) -> str:
    """The words: letters and digits without case, accents and vowel signs, one blank between them.

    Pictures, punctuation and symbols part words; marks of direction and joiners do not.
    """
    shown = _PICTURE.sub(" ", text).replace(_ACUTE, "'")
    plain = "".join(" " if unicodedata.category(c) == "So" else c for c in shown)
    plain = unicodedata.normalize("NFKD", plain).casefold()
    same = unicodedata.normalize("NFKD", plain).translate(_SAME)
    return " ".join("".join(map(_letter, same)).split())


def _letter(character: str) -> str:
    kind = unicodedata.category(character)
    if kind[0] == "M" or kind == "Cf":
        return ""
    return character if kind[0] in "LN" else " "
