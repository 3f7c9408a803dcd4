"""Templates: gaps are filled once, and none is forgotten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.messaging.domain.templates import Missing, placeholders_of, render


def test_gaps_are_filled() -> None:
    text = "Dear {name}, your policy {policy_no} ends on {date}. Bye, {name}."

    assert placeholders_of(text) == ("name", "policy_no", "date")
    assert render(text, {"name": "Ada", "policy_no": "P-1", "date": "1 May", "more": "x"}) == (
        "Dear Ada, your policy P-1 ends on 1 May. Bye, Ada."
    )


def test_arabic_and_values_with_braces_and_backslashes_are_only_text() -> None:
    assert render("مرحبا {name}", {"name": "{date} \\1 نورة"}) == "مرحبا {date} \\1 نورة"


@pytest.mark.parametrize("text", ["{}", "{1}", "{a b}", "{", "}", "{a.b}", "{a!r}", "{_x}", "a"])
def test_other_braces_are_only_text(text: str) -> None:
    assert placeholders_of(text) == ()
    assert render(text, {}) == text


def test_the_missing_ones_are_named_and_nothing_else() -> None:
    with pytest.raises(Missing, match=r"^give a value for each of date, policy$") as missing:
        render("{name} {date} {policy} {date}", {"name": "Ada"})

    assert missing.value.names == ("date", "policy")


@given(st.text(), st.dictionaries(st.sampled_from("abc"), st.text()))
def test_any_text_is_rendered_or_lacks_values(text: str, values: dict[str, str]) -> None:
    lacking = tuple(name for name in placeholders_of(text) if name not in values)

    if lacking:
        with pytest.raises(Missing):
            render(text, values)
    else:
        assert isinstance(render(text, values), str)
