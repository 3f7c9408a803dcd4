"""The platform's own answers: short, complete, and without an advertisement."""

import pytest

from services.messaging.domain import wording
from services.messaging.domain.segments import measure

NAME = "Example Insurance Agency (NYC)"
CONTACT = "help@example.com"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_confirmations_are_one_part_with_a_name_of_thirty_characters(language: str) -> None:
    assert len(NAME) == 30
    assert measure(wording.stop(NAME, language)).parts == 1
    assert measure(wording.start(NAME, language)).parts == 1


def test_the_answer_to_help_is_one_part_in_english_and_two_in_arabic() -> None:
    assert measure(wording.help(NAME, CONTACT, "en")).parts == 1
    assert measure(wording.help(NAME, CONTACT, "ar")).parts == 2


@pytest.mark.parametrize("language", ["en", "ar"])
def test_each_names_the_sender_and_the_way_back(language: str) -> None:
    stop, start = wording.stop(NAME, language), wording.start(NAME, language)
    helped = wording.help(NAME, CONTACT, language)

    assert all(text.startswith(f"{NAME}: ") for text in (stop, start, helped))
    assert "START" in stop
    assert "STOP" in start
    assert "STOP" in helped
    assert CONTACT in helped


def test_english_is_plain_enough_for_the_short_alphabet() -> None:
    texts = (wording.stop(NAME, "en"), wording.start(NAME, "en"), wording.help(NAME, "x", "en"))

    assert {measure(text).encoding for text in texts} == {"GSM-7"}


@pytest.mark.parametrize(
    ("language", "same_as"), [("ar-SA", "ar"), ("AR", "ar"), ("en-US", "en"), ("fr", "en")]
)
def test_a_language_is_found_by_its_first_part(language: str, same_as: str) -> None:
    assert wording.stop(NAME, language) == wording.stop(NAME, same_as)


def test_braces_in_a_name_are_only_text() -> None:
    assert wording.stop("{contact}", "en").startswith("{contact}: ")
