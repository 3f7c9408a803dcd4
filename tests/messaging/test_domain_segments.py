"""Segments: the published vectors, and what they do not cover."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.messaging.domain.segments import MOST_PARTS, Size, measure

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
ITALY = "\U0001f1ee\U0001f1f9"
PRIDE = "\U0001f3f3\ufe0f\u200d\U0001f308"

VECTORS = [
    ("a" * 160, Size("GSM-7", 160, 1)),
    ("a" * 161, Size("GSM-7", 161, 2)),
    ("a" * 306, Size("GSM-7", 306, 2)),
    ("a" * 307, Size("GSM-7", 307, 3)),
    ("a" * 152 + "€" + "x" * 152, Size("GSM-7", 306, 3)),
    ("ы" * 70, Size("UCS-2", 70, 1)),
    ("ы" * 71, Size("UCS-2", 71, 2)),
    ("ы" * 134, Size("UCS-2", 134, 2)),
    ("ы" * 135, Size("UCS-2", 135, 3)),
    ("ы" * 66 + "😀" + "ы" * 66, Size("UCS-2", 134, 3)),
    ("م" * 70, Size("UCS-2", 70, 1)),
    ("م" * 71, Size("UCS-2", 71, 2)),
    (FAMILY * 7, Size("UCS-2", 77, 2)),
    (ITALY + "a" * 66, Size("UCS-2", 70, 1)),
    (PRIDE + "a" * 64, Size("UCS-2", 70, 1)),
]


@pytest.mark.parametrize(("text", "size"), VECTORS)
def test_the_published_vectors(text: str, size: Size) -> None:
    assert measure(text) == size


def test_an_empty_text_is_one_part() -> None:
    assert measure("") == Size("GSM-7", 0, 1)


def test_a_line_end_of_two_characters_counts_two() -> None:
    assert measure("a\r\nb") == Size("GSM-7", 4, 1)


@pytest.mark.parametrize("character", "\f^{}\\[~]|€")
def test_the_extension_table_takes_two_septets(character: str) -> None:
    assert measure(character) == Size("GSM-7", 2, 1)


@pytest.mark.parametrize("character", "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ ¤¡ÄÖÑÜ§¿äöñüà'\"#")
def test_the_basic_table_takes_one(character: str) -> None:
    assert measure(character) == Size("GSM-7", 1, 1)


@pytest.mark.parametrize("character", ["ç", "`", "’", "–", "\u00a0", "\u200b", "\t", "\x1b", "ş"])
def test_one_character_outside_makes_the_whole_text_ucs_2(character: str) -> None:
    assert measure("a" * 69 + character) == Size("UCS-2", 70, 1)
    assert measure("a" * 70 + character) == Size("UCS-2", 71, 2)


def test_ten_parts_hold_1530_septets_or_670_units() -> None:
    assert measure("a" * 1530).parts == measure("م" * 670).parts == MOST_PARTS
    assert measure("a" * 1531).parts == measure("م" * 671).parts == MOST_PARTS + 1


@given(st.text(), st.text())
def test_more_text_is_never_fewer_units_of_ucs_2_nor_fewer_parts(text: str, more: str) -> None:
    short, long = measure("م" + text), measure("م" + text + more)

    assert long.units >= short.units == len(("م" + text).encode("utf-16-le", "surrogatepass")) // 2
    assert long.parts >= short.parts
