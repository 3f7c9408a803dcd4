"""Nobody else's number, address or name of an account is in a package; the person's own are."""

import json
from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common import phone
from tests.consent.packages import CUSTOMER, MALL, NOURA, STRANGER, data, material, note, opened
from tests.support.canary import Canary

REGIONS = ("SA", "US", "GB", "AE", "EG", "DE", "FR", "IN", "BR", "KW")


def masked(*texts: str, **said: Any) -> list[str]:
    rows = [note(text) for text in texts]
    return [row["text"] for row in data(opened(material({"messages": rows}, **said)))["messages"]]


def numbers_of(region: str) -> st.SearchStrategy[str]:
    """Valid numbers of a region, from the example of its plan."""
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    assert example
    national = str(example.national_number)

    def number(tail: int) -> str:
        return f"+{example.country_code}{national[:-5]}{tail:05d}"

    return st.integers(0, 99_999).map(number).filter(lambda n: phone.normalise(n, None) == n)


NUMBERS = st.sampled_from(REGIONS).flatmap(numbers_of)
GAPS = st.sampled_from(("", " ", "-", ".", " - ", "\u00a0", "\u200e"))
WORDS = st.sampled_from(("", "call ", "اتصل على ", "tel:", "x=", "(", "1. ", "wa.me/", "at 10:30 "))


@st.composite
def spelled(draw: st.DrawFn) -> tuple[str, str]:
    """A number that is not the person's, and one way to write it."""
    e164 = draw(NUMBERS.filter(lambda n: n != NOURA))
    parsed = phonenumbers.parse(e164)
    form = draw(st.sampled_from((0, 1, 2)))  # E.164, international, national
    text = phonenumbers.format_number(parsed, form)
    if form == 0:
        text = draw(st.sampled_from((e164, f"00{e164[1:]}", e164[1:])))
    text = text.replace(" ", draw(GAPS))
    if draw(st.booleans()):
        text = text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    return e164, text


@given(
    number=spelled(), before=WORDS, after=st.sampled_from(("", ".", " please", ")", "\n5 items"))
)
def test_no_number_but_the_persons_own_is_in_any_file(
    number: tuple[str, str], before: str, after: str
) -> None:
    e164, text = number
    rows = {
        "messages": [note(f"{before}{text}{after}"), note("x", reason=text, deep=[{"of": text}])],
        "calls": [{"id": "c", "agency_number": e164}],
    }
    found = opened(material(rows))
    national = str(phonenumbers.parse(e164).national_number)
    other = Canary(e164, national, "zzzz")
    assert {name: forms for name, raw in found.items() if (forms := other.forms(raw))} == {}
    assert NOURA in found["data.json"].decode()
    counts = json.loads(found["manifest.json"])["replaced"]
    assert counts["numbers"] >= 1


@given(
    mine=st.sampled_from(
        (NOURA, "0501234567", "050 123 4567", "00966-50-123-4567", "٠٥٠١٢٣٤٥٦٧", "966 501234567")
    ),
    number=spelled(),
    between=st.sampled_from((" ", " and ", "/", ", ", "\n")),
    first=st.booleans(),
)
def test_the_persons_own_stays_beside_anothers(
    mine: str, number: tuple[str, str], between: str, first: bool
) -> None:
    e164, text = number
    pair = (mine, text) if first else (text, mine)
    (said,) = masked(between.join(pair))
    national = str(phonenumbers.parse(e164).national_number)
    assert Canary(e164, national, "zzzz").found(said) is None
    assert "number 1" in said


def test_the_persons_own_stays_in_every_spelling() -> None:
    texts = [
        f"I am on {NOURA}.",
        "(050) 123-4567",
        "٠٥٠ ١٢٣ ٤٥٦٧ رقمي",
        "00966501234567 or 966501234567",
        "0501234567/0501234567",
    ]
    assert masked(*texts) == texts


def test_anothers_number_is_one_token_wherever_it_stands_and_however_it_is_written() -> None:
    texts = masked(f"My sister: {STRANGER}", "050 111 2222", "mall 011 234 5678", f"x{MALL}y")
    assert texts == ["My sister: number 1", "number 1", "mall number 2", "xnumber 2y"]


def test_all_numbers_of_the_persons_records_are_own() -> None:
    numbers = [*CUSTOMER["numbers"], {"number": STRANGER, "as_given": "501112222"}]
    rows = {"customers": [{**CUSTOMER, "numbers": numbers}]}
    texts = ["on 050 111 2222 too", f"or {STRANGER}", "or 501112222"]
    found = data(opened(material({**rows, "messages": [note(t) for t in texts]})))
    assert [row["text"] for row in found["messages"]] == texts


def test_a_longer_number_does_not_pass_for_the_persons_own() -> None:
    assert masked("+1 212 501 234 567", "+44 0501234567 89") == ["number 1", "number 2"]


def test_addresses_but_the_persons_own_are_tokens() -> None:
    said = masked("Write to Noura@Example.org, or sara.ali@corp.example", "sara.ali@corp.example!")
    assert said == ["Write to Noura@Example.org, or e-mail 1", "e-mail 1!"]


def test_people_of_the_agency_are_tokens() -> None:
    rows = [
        note("a", requested_by="usr_0d5f7a3c"),
        note("b", settled_by="Sara Ali", requested_by="platform"),
        note("c: usr_0d5f7a3c said so", requested_by="user:usr_0d5f7a3c"),
    ]
    ledger = [{"who": "the person"}, {"who": "usr_77"}]
    found = opened(material({"messages": rows, "consents": ledger}))
    told = data(found)
    assert [row["requested_by"] for row in told["messages"]] == ["Agent 1", "platform", "Agent 1"]
    assert told["messages"][1]["settled_by"] == "Agent 2"
    assert told["messages"][2]["text"] == "c: Agent 1 said so"
    assert [row["who"] for row in told["consents"]] == ["the person", "Agent 3"]
    assert not [name for name, raw in found.items() if b"Sara" in raw or b"usr_" in raw]
    assert json.loads(found["manifest.json"])["replaced"]["agents"] == 3


def test_programs_of_the_agency_are_tokens_too() -> None:
    name = "key_0d5f7a3c0d5f7a3c0d5f"
    rows = [note("a", requested_by=name), note(f"b: {name} said so", requested_by=f"key:{name}")]
    found = opened(material({"messages": rows, "consents": [{"who": name}]}))
    told = data(found)
    assert [row["requested_by"] for row in told["messages"]] == ["Agent 1", "Agent 1"]
    assert told["messages"][1]["text"] == "b: Agent 1 said so"
    assert told["consents"][0]["who"] == "Agent 1"
    assert not [file for file, raw in found.items() if b"key_" in raw]


@pytest.mark.parametrize(
    "text",
    [
        "Your renewal is on 2026-06-01, at 10:30.",
        "On 21/05/2026 10:30, 99.50 SAR",
        "Paid 1234567.89 today",
        "Flat 12, street 34, 56 7",
        "1 500 000 SAR, 12 500 000 SAR",
        "Code 481516",
    ],
)
def test_days_and_amounts_are_no_numbers_of_people(text: str) -> None:
    assert masked(text) == [text]


def test_what_is_no_text_stays_as_it_is() -> None:
    row = {
        "id": "5f0c2f3e-6d0a-4b8e-9a57-012345678901",
        "at": "2026-05-19T12:00:00.000Z",
        "on": "2026-05-19",
        "customer": "cus_" + "12345678" * 4,
        "external_id": "5012345678901",
        "seconds": 1234567890.5,
        "direct": True,
    }
    assert data(opened(material({"calls": [row]})))["calls"] == [row]


def test_a_reference_that_is_a_number_of_somebody_is_a_token() -> None:
    (row,) = data(opened(material({"calls": [{"external_id": STRANGER}]})))["calls"]
    assert row["external_id"] == "number 1"
