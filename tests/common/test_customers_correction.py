"""What a correction may say: the same that matcher takes, and no more."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.customers.correction import FIELDS, LABELS, wrong
from services.matcher.domain.correction import attempted
from services.matcher.domain.entry import Given, Unusable, read

GOOD = {
    "external_id": "P-1",
    "name": "Amal",
    "email": "amal@example.org",
    "status": "lapsed",
    "renewal_on": "2027-02-28",
    "customer_since": "3/4/2019",
    "language": "Arabic",
    "numbers": [{"number": "(202) 555-0143", "label": "mobile"}, {"number": "+12025550177"}],
}
texts = st.sampled_from(
    (
        *("", "-", "n/a", "None", "0", "'=x", "x" * 200, "\u200e\u200f"),
        *("1.5E+09", "12.0", "a@b", "a@b.org", " A@B.ORG ", "en", "Klingon"),
        *("2027-02-28", "2027-02-30", "13/1/2027", "46000", "1448-01-01"),
        *("202 555 0143", "12", "+12025550177 / +12025550143", "+12025550177 / 12"),
    )
)
fields = st.dictionaries(st.sampled_from(list(FIELDS)), texts | st.none(), max_size=3)
numbers = st.lists(
    st.fixed_dictionaries({"number": texts.filter(lambda text: len(text) <= 64)}), max_size=3
)


def places(change: Any) -> list[str]:
    found = wrong(change, "US")
    assert all(one.explanation for one in found)
    return [one.at for one in found]


def test_every_field_of_a_customer_may_be_corrected_and_emptied() -> None:
    assert places(GOOD) == []
    assert places(dict.fromkeys(GOOD)) == []
    assert places({"numbers": []}) == []


@pytest.mark.parametrize(
    "change",
    [
        {"policy": "P-7"},
        {"codes": "x"},
        {"external_id": "1,2E+12"},
        {"name": 7},
        {"name": "x" * 201},
        {"status": ["active"]},
        {"email": "nobody"},
        {"renewal_on": "2027-02-30"},
        {"customer_since": "then"},
        {"language": "Klingon"},
        {"numbers": "+12025550177"},
        {"numbers": [{"number": "+12025550177"}] * 21},
    ],
)
def test_what_cannot_be_used_is_named(change: dict[str, Any]) -> None:
    assert places({**change, "name": change.get("name", "Amal")}) == list(change)


@pytest.mark.parametrize(
    "number",
    [
        "+12025550177",
        None,
        {},
        {"number": 12025550177},
        {"number": "12"},
        {"number": "-"},
        {"number": "+12025550177 / 12"},
        {"number": "1" * 65},
        {"number": "+12025550177", "label": "car"},
        {"number": "+12025550177", "label": ["home"]},
        {"number": "+12025550177", "extension": "7"},
    ],
)
def test_a_number_is_named_by_its_place(number: Any) -> None:
    assert places({"numbers": [{"number": "+12025550143", "label": "home"}, number]}) == [
        "numbers/1"
    ]


def test_what_is_said_of_it_repeats_nothing() -> None:
    odd = {"email": "secret@nowhere", "numbers": [{"number": "55512"}], "renewal_on": "birthday"}
    said = " ".join(one.explanation for one in wrong(odd, "US"))
    assert not any(word in said for word in ("secret", "55512", "birthday"))


@given(fields, st.none() | numbers, st.sampled_from(["US", "SA"]))
def test_it_says_of_each_value_what_matcher_says(
    change: dict[str, str | None], many: list[dict[str, str]] | None, region: str
) -> None:
    told = {name: text for name, text in change.items() if text is not None}
    labelled = [(LABELS[0], one["number"]) for one in many or ()]
    whole = change | ({} if many is None else {"numbers": many})
    try:
        read(Given(told, labelled), region)
        faults: list[Any] = []
    except Unusable as unusable:
        faults = [one for one in unusable.faults if one.code != "no_key"]
    assert bool(wrong(whole, region)) == bool(faults)


def test_a_record_takes_what_is_right() -> None:
    record: dict[str, Any] = dict.fromkeys(FIELDS) | {"external_id": "P-1", "numbers": []}
    assert attempted(record, b'{"name": "Noura"}', "US") is not None
    for told in (b'{"email": "x"}', b"[]", b"{", b"\xff", b'{"external_id": null}'):
        assert attempted(record, told, "US") is None
