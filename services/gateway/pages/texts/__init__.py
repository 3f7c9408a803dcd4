"""The words of the pages, in each language that they speak."""

from services.gateway.pages.texts.arabic import ARABIC
from services.gateway.pages.texts.english import ENGLISH

Texts = dict[str, str]

_LANGUAGES: dict[str, Texts] = {"en": ENGLISH, "ar": ARABIC}


def texts_in(language: str) -> Texts:
    """The words in this language (BCP 47), in English where there are none."""
    return _LANGUAGES.get(language.partition("-")[0], ENGLISH)
