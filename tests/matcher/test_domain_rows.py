from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common.csvfile import Unreadable
from services.matcher.domain.drafts import Draft, fingerprint
from services.matcher.domain.headers import Columns, recognise
from services.matcher.domain.rows import Defaults, Reading, read_row
from tests.matcher.given import code

# Number plans are compiled at first use, in the middle of an example.
PATIENT = settings(deadline=None)

US = Defaults("US")
SA = Defaults("SA")


def reading(row: dict[str, str], defaults: Defaults = US, **mapping: str) -> Reading:
    return read_row(2, tuple(row.values()), recognise(tuple(row), mapping or None), defaults)


def draft(row: dict[str, str], defaults: Defaults = US) -> Draft:
    found = reading(row, defaults)
    assert found.faults == ()
    assert found.draft
    return found.draft


def test_reads_a_usual_row() -> None:
    found = draft(
        {
            "Policy No": "P-001",
            "First Name": " Jane ",
            "Last Name": "Roe",
            "E-mail": "Jane.Roe@Example.com",
            "Mobile Phone": "(202) 555-0133",
            "Work Phone": "202-555-0134 x12",
            "Policy Status": "In-Force",
            "Renewal Date": "3/4/2026",
            "Customer Since": "2019-05-01",
            "Preferred Language": "Arabic",
        }
    )

    assert (found.external_id, found.name, found.email) == (
        "P-001",
        "Jane Roe",
        "jane.roe@example.com",
    )
    assert [(n.label, n.e164, n.extension, n.primary) for n in found.numbers] == [
        ("mobile", "+12025550133", None, True),
        ("work", "+12025550134", "12", False),
    ]
    assert (found.numbers[0].raw, found.numbers[0].read_in) == ("(202) 555-0133", "US")
    assert (found.status, found.language) == ("active", "ar")
    assert (found.renewal_on, found.customer_since) == (date(2026, 3, 4), date(2019, 5, 1))


def test_reads_arabic_headers_and_cells() -> None:
    found = draft(
        {
            "رقم العميل": "١",
            "الإسم": "محمد علي",
            "رقم الجوّال": "٠٥٠٠٠٠٠٠٠١",
            "الحالة": "سارية",
            "تاريخ التجديد": "٣/٤/٢٠٢٦",
        },
        SA,
    )

    assert (found.name, found.status) == ("محمد علي", "active")
    assert [(n.label, n.e164) for n in found.numbers] == [("mobile", "+966500000001")]
    assert found.renewal_on == date(2026, 4, 3)


def test_several_numbers_in_a_cell_count_once_each() -> None:
    found = draft({"id": "1", "phone": "202-555-0133 / 202-555-0134", "phone 2": "+12025550133"})

    assert [n.e164 for n in found.numbers] == ["+12025550133", "+12025550134"]


def test_the_country_of_the_row_comes_before_the_agencys() -> None:
    found = draft({"id": "1", "phone": "0500000001", "country": "السعودية"})

    assert (found.numbers[0].e164, found.numbers[0].read_in) == ("+966500000001", "SA")


def test_an_unknown_country_is_no_reason_to_guess() -> None:
    lost = reading({"id": "1", "phone": "2025550133", "country": "Atlantis"})

    assert lost.draft is None
    assert [fault.code for fault in lost.faults] == ["no_region"]
    assert draft({"id": "1", "phone": "+12025550133", "country": "Atlantis"}).numbers


def test_the_extension_column_belongs_to_the_first_number() -> None:
    found = draft({"id": "1", "phone": "2025550133", "ext": "12", "home phone": "2025550134"})

    assert [n.extension for n in found.numbers] == ["12", None]


def test_a_row_without_a_usable_number_is_rejected_and_says_why() -> None:
    lost = reading({"id": "1", "mobile": "9.66E+11"}, SA)

    assert lost.draft is None
    fault = lost.faults[0]
    assert (fault.line, fault.column, fault.value, fault.code) == (
        2,
        "mobile",
        "9.66E+11",
        "digits_lost",
    )
    assert "Format the column as text" in fault.explanation


def test_one_good_number_carries_a_bad_one() -> None:
    found = reading({"id": "1", "mobile": "2025550133", "home phone": "12"})

    assert found.draft
    assert [n.e164 for n in found.draft.numbers] == ["+12025550133"]
    assert [(fault.column, fault.code) for fault in found.faults] == [
        ("home phone", "not_possible")
    ]


def test_a_bad_cell_costs_only_itself() -> None:
    found = reading(
        {"id": "1", "phone": "2025550133", "email": "nobody", "renewal": "soon", "lang": "Klingon"}
    )

    assert found.draft
    assert [fault.code for fault in found.faults] == ["email", "not_a_date", "language"]
    assert (found.draft.email, found.draft.renewal_on, found.draft.language) == (None, None, None)


def test_an_id_that_lost_its_digits_would_overwrite_another_customer() -> None:
    lost = reading({"id": "1.23457E+11", "phone": "2025550133"})

    assert lost.draft is None
    assert lost.faults[0].code == "id_lost"
    assert draft({"id": "1001.0", "phone": "2025550133"}).external_id == "1001"
    assert draft({"id": '="00123"', "phone": "2025550133"}).external_id == "00123"


def test_natural_key() -> None:
    row = {"id": "", "name": "Jane Roe", "email": "", "phone": "2025550133"}

    assert draft({**row, "id": "7"}).key == "id:7"
    assert draft({**row, "email": "J@example.com"}).key == "email:j@example.com"
    assert draft(row).key == "person:jane roe:+12025550133"
    assert draft({**row, "phone": "", "email": "j@example.com"}).numbers == ()
    lost = reading({**row, "name": ""})
    assert lost.draft is None
    assert [fault.code for fault in lost.faults] == ["no_key"]


def test_fingerprint_tells_a_changed_row() -> None:
    row = {"id": "1", "phone": "2025550133", "renewal": "2026-03-04"}
    one = fingerprint(draft(row), code)

    assert fingerprint(draft(dict(row)), code) == one
    assert fingerprint(draft({**row, "renewal": "3/4/2026"}), code) == one
    assert fingerprint(draft({**row, "renewal": "2026-03-05"}), code) != one
    assert fingerprint(replace(draft(row), name="Jane"), code) != one


def test_a_fingerprint_is_the_keyed_code_of_a_text_of_its_own_kind() -> None:
    texts: list[str] = []

    def noted(text: str) -> str:
        texts.append(text)
        return "coded"

    assert fingerprint(draft({"id": "1", "phone": "2025550133", "name": "Åsa"}), noted) == "coded"
    (text,) = texts
    assert text.startswith("record:")
    assert "Åsa" in text
    assert "+12025550133" in text


def test_columns_report_what_they_do_not_know() -> None:
    columns = recognise(("ID", "Phone", "Phone Type", "Shoe Size", "", "Home Address"))

    assert columns.unknown == ("Phone Type", "Shoe Size", "Home Address")
    assert [phone.index for phone in columns.phones] == [1]


def test_a_mapping_overrides_the_guess() -> None:
    header = ("Kontakt", "Name", "Ref", "Phone")
    columns = recognise(header, {"kontakt": "phone", "Ref": "external_id", "Phone": "ignore"})

    assert [phone.index for phone in columns.phones] == [0]
    assert columns.at == {"name": 1, "external_id": 2}
    assert columns.unknown == ()


@pytest.mark.parametrize(
    ("header", "mapping", "code"),
    [
        (("id", "name"), {}, "no_phone_column"),
        (("id", "phone"), {"telephone": "phone"}, "mapping"),
        (("id", "phone"), {"id": "shoe size"}, "mapping"),
    ],
)
def test_an_unusable_header_says_what_to_do(
    header: tuple[str, ...], mapping: dict[str, str], code: str
) -> None:
    with pytest.raises(Unreadable) as caught:
        recognise(header, mapping)

    assert caught.value.code == code
    assert caught.value.explanation


HEADER = ("id", "name", "phone", "email", "country", "renewal date", "since", "status", "language")
COLUMNS: Columns = recognise(HEADER)


@PATIENT
@given(st.lists(st.text(max_size=30), min_size=len(HEADER), max_size=len(HEADER)))
def test_no_row_breaks_the_reader(cells: list[str]) -> None:
    found = read_row(7, cells, COLUMNS, SA)

    assert found.draft is not None or found.faults
    assert all(fault.line == 7 and fault.explanation for fault in found.faults)
    if found.draft:
        assert found.draft.key
        assert fingerprint(found.draft, code) == fingerprint(found.draft, code)
