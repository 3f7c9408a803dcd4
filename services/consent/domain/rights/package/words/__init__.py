"""What a package says, in English and in Arabic."""

from typing import Final, NamedTuple


class Said(NamedTuple):
    """The same in both languages."""

    en: str
    ar: str


LANGUAGES: Final = {"en": "ltr", "ar": "rtl"}
"""And how they run."""
