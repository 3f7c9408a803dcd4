"""What a card says, in the agency's language."""

from services.insights.domain.wording.arabic import ARABIC
from services.insights.domain.wording.english import ENGLISH
from services.insights.domain.wording.words import Words

_LANGUAGES: dict[str, Words] = {words.language: words for words in (ENGLISH, ARABIC)}


def words_in(language: str) -> Words:
    """The words of this language (BCP 47), in English where there are none."""
    return _LANGUAGES.get(language.partition("-")[0].lower(), ENGLISH)


__all__ = ["Words", "words_in"]
