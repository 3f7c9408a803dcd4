"""What is said of figures, in each language."""

import pytest
from babel import Locale

from services.insights.domain.wording import Words, words_in
from services.insights.domain.wording.arabic import ARABIC
from services.insights.domain.wording.english import ENGLISH
from tests.insights.given import CARD


@pytest.mark.parametrize("words", [ENGLISH, ARABIC])
def test_each_language_has_every_phrase_and_a_form_for_every_number(words: Words) -> None:
    plural = Locale.parse(words.language).plural_form

    assert words.phrases.keys() == ENGLISH.phrases.keys()
    assert words.nouns.keys() == ENGLISH.nouns.keys()
    assert all(plural(n) in forms for forms in words.nouns.values() for n in range(201))


def test_every_signal_of_the_shipped_scorecard_has_its_arabic_sentences() -> None:
    for score in (CARD.risk, CARD.retention):
        signals = dict(score.signals)
        assert all("ar" in signal.translations for signal in signals.values())


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "يوم واحد"),
        (2, "يومين"),
        (3, "3 أيام"),
        (11, "11 يومًا"),
        (90, "90 يومًا"),
        (100, "100 يوم"),
    ],
)
def test_arabic_counts_in_five_ways(number: int, said: str) -> None:
    assert words_in("ar").count(number, "day") == said


@pytest.mark.parametrize(
    ("minutes", "english", "arabic"),
    [
        (0.4, "less than a minute", "أقل من دقيقة"),
        (1, "1 minute", "دقيقة واحدة"),
        (59, "59 minutes", "59 دقيقة"),
        (125, "2 hours", "ساعتين"),
        (3 * 24 * 60, "3 days", "3 أيام"),
    ],
)
def test_a_span_is_told_in_the_largest_unit(minutes: float, english: str, arabic: str) -> None:
    assert (words_in("en").span(minutes), words_in("ar").span(minutes)) == (english, arabic)


@pytest.mark.parametrize(
    ("days", "english", "arabic"),
    [
        (0, "today", "اليوم"),
        (1, "in 1 day", "بعد يوم واحد"),
        (-2, "2 days ago", "قبل يومين"),
    ],
)
def test_a_day_is_told_from_today(days: int, english: str, arabic: str) -> None:
    assert (words_in("en").day(days), words_in("ar").day(days)) == (english, arabic)
