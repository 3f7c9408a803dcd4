from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matcher.domain.drafts import Draft, fingerprint
from services.matcher.domain.entry import Given, Unusable, read
from services.matcher.domain.headers import recognise
from services.matcher.domain.rows import Defaults, read_row
from tests.matcher.given import NUMBER, OTHER, code


def entered(*numbers: tuple[str, str], region: str = "US", **fields: str) -> Draft:
    return read(Given(fields, numbers), region)


def refused(*numbers: tuple[str, str], **fields: str) -> list[tuple[str | None, str]]:
    with pytest.raises(Unusable) as caught:
        entered(*numbers, **fields)
    assert all(fault.explanation for fault in caught.value.faults)
    return [(fault.column, fault.code) for fault in caught.value.faults]


def test_every_field_has_its_place() -> None:
    draft = entered(
        ("mobile", "(202) 555-0143"),
        ("whatsapp", OTHER),
        external_id="P-1",
        name="Amal Haddad",
        email="Amal@Example.org",
        status="In force",
        renewal_on="2026-06-01",
        customer_since="2019-03-04",
        language="Arabic",
    )
    assert (draft.external_id, draft.name, draft.email) == (
        "P-1",
        "Amal Haddad",
        "amal@example.org",
    )
    assert (draft.status, draft.language) == ("active", "ar")
    assert (draft.renewal_on, draft.customer_since) == (date(2026, 6, 1), date(2019, 3, 4))
    assert [(n.label, n.e164, n.primary) for n in draft.numbers] == [
        ("mobile", NUMBER, True),
        ("whatsapp", OTHER, False),
    ]


@pytest.mark.parametrize("label", ["mobile", "home", "work", "whatsapp", "phone"])
def test_a_number_keeps_its_label(label: str) -> None:
    (number,) = entered((label, NUMBER), name="Amal").numbers
    assert number.label == label


def test_the_same_number_twice_is_one() -> None:
    (number,) = entered(("work", "202 555 0143"), ("home", NUMBER), name="Amal").numbers
    assert (number.label, number.primary) == ("work", True)


def test_a_customer_needs_no_number_with_an_id() -> None:
    assert entered(external_id="P-1").numbers == ()


def test_each_fault_names_its_field() -> None:
    numbers = (("mobile", NUMBER), ("home", "12"), ("work", " "))
    assert refused(*numbers, email="x", language="?!", external_id="4,5E+12") == [
        ("home phone 1", "not_possible"),
        ("external_id", "id_lost"),
        ("email", "email"),
        ("language", "language"),
        ("work phone 2", "empty"),
    ]


def test_somebody_must_be_told_from_others() -> None:
    assert refused() == [(None, "no_key")]
    assert refused(name="Amal") == [(None, "no_key")]
    assert refused(("phone", NUMBER)) == [(None, "no_key")]


def test_numbers_are_read_in_the_agencys_country() -> None:
    assert entered(("phone", "0500000012"), region="SA", name="N").numbers[0].region == "SA"
    assert refused(("phone", "0500000012"), name="N") == [("phone phone 0", "not_valid")]


FIELD = st.text(max_size=12)


@given(
    fields=st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("external_id", "name", "email", "status", "language"), FIELD)
    ),
    numbers=st.lists(
        st.tuples(st.sampled_from(["mobile", "home", "phone"]), FIELD | st.just(NUMBER)), max_size=3
    ),
)
def test_no_number_given_is_lost_in_silence(
    fields: dict[str, str], numbers: list[tuple[str, str]]
) -> None:
    try:
        draft = entered(*numbers, **fields)
    except Unusable:
        return
    assert draft.key
    assert bool(draft.numbers) == bool(numbers)


@given(
    name=st.text(min_size=1, max_size=20),
    external_id=st.from_regex(r"P-[0-9]{1,6}", fullmatch=True),
)
def test_the_same_customer_as_from_a_file(name: str, external_id: str) -> None:
    by_hand = entered(("phone", NUMBER), external_id=external_id, name=name)
    columns = recognise(["name", "phone", "id"])
    by_file = read_row(2, [name, NUMBER, external_id], columns, Defaults("US")).draft
    assert by_file is not None
    assert (by_hand.key, fingerprint(by_hand, code)) == (by_file.key, fingerprint(by_file, code))
