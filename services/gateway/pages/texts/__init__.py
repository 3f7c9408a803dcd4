"""The words of the pages, in each language that they speak."""

from collections.abc import Mapping

from services.gateway.pages.texts.arabic import ARABIC
from services.gateway.pages.texts.arabic_counted import ARABIC_PLURALS
from services.gateway.pages.texts.arabic_office import ARABIC_OFFICE
from services.gateway.pages.texts.arabic_pages import ARABIC_PAGES
from services.gateway.pages.texts.arabic_people import ARABIC_PEOPLE
from services.gateway.pages.texts.arabic_programs import ARABIC_PROGRAMS
from services.gateway.pages.texts.english import ENGLISH
from services.gateway.pages.texts.english_counted import ENGLISH_PLURALS
from services.gateway.pages.texts.english_office import ENGLISH_OFFICE
from services.gateway.pages.texts.english_pages import ENGLISH_PAGES
from services.gateway.pages.texts.english_people import ENGLISH_PEOPLE
from services.gateway.pages.texts.english_programs import ENGLISH_PROGRAMS

Texts = dict[str, str]
Plurals = Mapping[str, Mapping[str, str]]

_LANGUAGES: dict[str, Texts] = {
    "en": ENGLISH | ENGLISH_PAGES | ENGLISH_OFFICE | ENGLISH_PEOPLE | ENGLISH_PROGRAMS,
    "ar": ARABIC | ARABIC_PAGES | ARABIC_OFFICE | ARABIC_PEOPLE | ARABIC_PROGRAMS,
}
_PLURALS: dict[str, Plurals] = {"en": ENGLISH_PLURALS, "ar": ARABIC_PLURALS}


def texts_in(language: str) -> Texts:
    """The words in this language (BCP 47), in English where there are none."""
    return _LANGUAGES.get(language.partition("-")[0], _LANGUAGES["en"])


def plurals_in(language: str) -> Plurals:
    """The forms of counted words by plural category (CLDR); of `en` and `ar`, as texts say it."""
    return _PLURALS[language]
