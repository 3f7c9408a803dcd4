"""What a text asks for."""

import string
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.keywords import Keyword, read
from libs.common.keywords.folding import fold
from libs.common.keywords.reading import LONGEST
from libs.common.keywords.words import ACCESS, ERASE, HELP, START, STOP

STOPS = (
    *("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"),  # 47 CFR 64.1200(a)(10)
    *("STOPALL", "STOP ALL", "OPTOUT", "OPT-OUT", "Stop.", "  STOP!! ", "“Stop”", "'stop'"),
    *("S.T.O.P.", "s t o p", "ＳＴＯＰ", "𝐒𝐓𝐎𝐏", "un-subscribe", "STOP 🛑", "✋🏽stop", "STOP ℹ️"),
    *("إيقاف", "ايقاف", "إِيقَاف", "إيقـــاف", "\u200fإيقاف\u200e", "الغاء", "إلغاء", "ﺍﻟﻐﺎﺀ"),
    *("الغاء الاشتراك", "إلغاء  الإشتراك", "توقف", "توقفوا", "قف"),
    *("ALTO", "NO MAS", "no más", "¡No más!", "PARAR", "Cancelar"),
)
SUSPECTED = (
    *("STOP 12345", "stop stop", "Stop\n\nSent from my telephone", "START STOP", "please stop"),
    *("please stop texting me", "Please STOP sending me these messages!", "can you stop"),
    *("cancel my appointment please", "please cancel my appointment", "I want to cancel"),
    *("don't message me", "Don’t ever text me again", "do not contact me", "no more texts"),
    *("remove me", "Please remove me from your list.", "take me off", "leave me alone"),
    *("how do I unsubscribe?", "I want to opt out of this", "I revoke my consent", "wrong number"),
    *("لا ترسلوا", "من فضلكم لا ترسلوا لي رسائل", "توقفوا عن الإرسال", "لا أريد رسائل منكم"),
    *("أرجو إلغاء الموعد", "احذفوا رقمي", "لا تتصلوا بي"),
    *("no me escriban", "No quiero más mensajes", "dejen de enviarme mensajes", "paren de llamar"),
)
NOTHING = (
    *(
        "I'll stop by the office",
        "the bus stop is far",
        "I wait at the bus stop",
        "Stop by the shop?",
    ),
    *("Hello", "yes", "YES please", "no", "ok thanks", "Thanks for calling!", "start at nine"),
    *("the end of the month works for me", "When does my policy end?", "The weekend is fine"),
    *("My info: see below", "can you help me", "Who is this?", "I did not get it", "endless"),
    *("متى موعد التجديد؟", "شكرا لكم", "نعم", "gracias", "es para mi hijo", "¿cuándo termina?"),
    *("", " ", "?!", "👍", "12345", "\u200f", "\0"),
)


@pytest.mark.parametrize("text", STOPS)
def test_the_whole_text_is_a_word_that_stops(text: str) -> None:
    assert read(text) is Keyword.STOP


@pytest.mark.parametrize("text", SUSPECTED)
def test_who_may_ask_for_silence_is_suspected_of_it(text: str) -> None:
    assert read(text) is Keyword.SUSPECTED


@pytest.mark.parametrize("text", [*NOTHING, None])
def test_ordinary_texts_ask_for_nothing(text: str | None) -> None:
    assert read(text) is Keyword.NONE


@pytest.mark.parametrize("text", ["START", "start", "Unstop!"])
def test_start(text: str) -> None:
    assert read(text) is Keyword.START


@pytest.mark.parametrize("text", ["YES", "start 1", "restart", "let's start", "نعم", "ok"])
def test_nothing_else_starts(text: str) -> None:
    assert read(text) is Keyword.NONE


@pytest.mark.parametrize("text", ["HELP", "Help?", "info", "مساعدة", "مساعده", "ﻣﺴﺎﻋﺪﺓ", "AYUDA"])
def test_help(text: str) -> None:
    assert read(text) is Keyword.HELP


@pytest.mark.parametrize(
    "text", ["I don't text while I drive", "Stop by Friday at the latest", "I said stop"]
)
def test_where_it_cannot_tell_it_protects_the_person(text: str) -> None:
    assert read(text) is Keyword.SUSPECTED


@pytest.mark.parametrize("text", ["you guys are the worst", "🛑", "ЅТОР", "stpo", "arrêtez"])
def test_what_it_is_known_to_miss(text: str) -> None:
    assert read(text) is Keyword.NONE


def test_the_values_are_those_of_the_event() -> None:
    assert [str(word) for word in Keyword] == [
        *("stop", "start", "help", "suspected", "access", "erase", "none")
    ]


def test_no_word_has_two_meanings() -> None:
    words = [fold(word).replace(" ", "") for word in (*STOP, *START, *HELP, *ACCESS, *ERASE)]
    assert len(words) == len(set(words))


def test_a_long_text_is_read_as_far_as_a_text_message_goes() -> None:
    assert read("x " * 700 + "please stop texting me") is Keyword.SUSPECTED
    assert read("x" * LONGEST + " please stop texting me") is Keyword.NONE
    assert read("stop" + " stop" * 100_000) is Keyword.SUSPECTED


PICTURES = ("👍", "🛑", "✋🏽", "❤️", "👩‍💻", "1️⃣", "©️", "™️", "🇸🇦")
MARKS = (*string.punctuation, "“", "”", "’", "«", "»", "…", "؟", "،", "؛", "¡", "¿", "–")
BLANKS = (*string.whitespace, "\u00a0", "\u2003", "\u200b", "\u200e", "\u200f", "\u061c", "\ufeff")
Around = st.lists(st.sampled_from([*PICTURES, *MARKS, *BLANKS]), max_size=6).map("".join)
Cases = st.sampled_from([str.upper, str.lower, str.title, str.swapcase, str.casefold])
Texts = st.sampled_from([*STOPS, *SUSPECTED, *NOTHING, *STOP, *START, *HELP])


@given(text=Texts, before=Around, after=Around)
def test_punctuation_pictures_and_blanks_around_never_change_the_answer(
    text: str, before: str, after: str
) -> None:
    assert read(before + text + after) is read(text)


@given(text=Texts, before=Around, after=Around, case=Cases)
def test_case_never_changes_the_answer(
    text: str, before: str, after: str, case: Callable[[str], str]
) -> None:
    assert read(case(before + text + after)) is read(text)


@given(text=Texts, blanks=st.text(" \t\n\u00a0\u2003", min_size=1, max_size=5))
def test_blanks_inside_never_change_the_answer(text: str, blanks: str) -> None:
    assert read(text.replace(" ", blanks)) is read(text)


@given(
    text=st.sampled_from([*SUSPECTED, *STOP, *START, *HELP]),
    mark=st.sampled_from("ـَُِّْ\u200f\u0301"),
)
def test_tatweel_vowel_signs_and_marks_of_direction_never_change_the_answer(
    text: str, mark: str
) -> None:
    assert read(mark.join(text)) is read(text)


@given(st.text())
def test_every_text_has_one_answer_and_folding_is_done_once(text: str) -> None:
    assert read(text) in set(Keyword)
    assert fold(fold(text)) == fold(text)


@given(word=st.sampled_from(STOP), more=st.text(string.ascii_letters + string.digits, min_size=1))
def test_a_stop_word_before_anything_else_is_not_overlooked(word: str, more: str) -> None:
    assert read(f"{word} {more}") in {Keyword.STOP, Keyword.SUSPECTED}


@pytest.mark.parametrize(
    "text",
    [
        *("DELETE MY DATA", "Delete my data!", "erase all my data.", "احذف بياناتي"),
        *("احذفوا بياناتي", "BORRAR MIS DATOS", "eliminen mis datos", "إمسح بياناتي"),
    ],
)
def test_who_wants_all_deleted(text: str) -> None:
    assert read(text) is Keyword.ERASE


@pytest.mark.parametrize("text", ["MY DATA", "my data?", "Send me my data", "بياناتي", "Mis datos"])
def test_who_wants_a_copy(text: str) -> None:
    assert read(text) is Keyword.ACCESS


@pytest.mark.parametrize(
    "text", ["is my data safe", "my data plan ended", "delete my data plan", "أين بياناتي الجديدة"]
)
def test_words_about_data_ask_for_nothing_by_themselves(text: str) -> None:
    assert read(text) is Keyword.NONE
