"""A file of consents: bytes to lines, lines to what they say."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.csvfile import Unreadable
from services.consent.domain.ledger.columns import recognise
from services.consent.domain.ledger.dates import read_when
from services.consent.domain.ledger.rows import Context, Reading, Said
from services.consent.domain.ledger.sheet import Sheet
from tests.consent.given import DAN, NOON, OTHER

NEW_YORK = ZoneInfo("America/New_York")
CONTEXT = Context("US", NEW_YORK, NOON)


def read(content: str | bytes) -> list[Reading]:
    sheet = Sheet(CONTEXT)
    raw = content if isinstance(content, bytes) else content.encode()
    return [*sheet.feed(raw), *sheet.close()]


def said(row: str, header: str = "phone,consent,consent_at") -> Said:
    (reading,) = read(f"{header}\n{row}\n")
    assert reading.said is not None, reading.faults
    return reading.said


def wrong(row: str, header: str = "phone,consent,consent_at") -> list[str]:
    (reading,) = read(f"{header}\n{row}\n")
    assert reading.said is None
    assert {fault.line for fault in reading.faults} == {2}
    return [fault.code for fault in reading.faults]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("delimiter", [b",", b";", b"\t", b"|"])
def test_the_ways_in_which_files_are_written(mark: bytes, end: bytes, delimiter: bytes) -> None:
    table = ([b"phone", b"consent", b"wording"], [DAN.encode(), b"no", b'"a,;b"'])
    (reading,) = read(mark + end.join(delimiter.join(row) for row in table))
    assert reading.said
    assert (reading.said.e164, reading.said.granted, reading.said.wording) == (DAN, False, "a,;b")


def test_lines_are_counted_with_the_blank_ones_and_those_within_a_cell() -> None:
    found = read(f'\n\nphone,consent,note\n\n , \n{DAN},no,"a\nb"\n{DAN},no,\n')
    assert [reading.line for reading in found] == [6, 8]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (b'1,"yes', "quote_open"),
        (b"9" * 200_000 + b",yes", "row_too_long"),
        (b"9" * 5_000 + b",yes", "cell_too_long"),
        (b"1,\xe9", "encoding"),
    ],
)
def test_a_line_that_cannot_be_read_costs_itself_alone(row: bytes, code: str) -> None:
    bad, good = read(b"phone,consent\n" + row + f"\n{DAN},no\n".encode())
    assert (bad.line, bad.said, [fault.code for fault in bad.faults]) == (2, None, [code])
    assert good.said


def test_a_quotation_mark_within_a_cell_costs_no_line() -> None:
    found = read(f'phone,consent,wording\n{DAN},no,5" a\n{OTHER},no,6" b\n')
    assert [r.said and (r.said.e164, r.said.wording) for r in found] == [
        (DAN, '5" a'),
        (OTHER, '6" b'),
    ]


@given(st.binary(max_size=300), st.integers(1, 50))
def test_whatever_is_sent_is_read_or_refused(content: bytes, size: int) -> None:
    def outcome(cut: int) -> object:
        sheet, found = Sheet(CONTEXT), []
        try:
            for i in range(0, len(content), cut):
                found += sheet.feed(content[i : i + cut])
            return [*found, *sheet.close()]
        except Unreadable as unreadable:
            return unreadable.code

    assert outcome(size) == outcome(max(1, len(content)))


@pytest.mark.parametrize("name", ["phone", " Number ", "MOBILE", "رقم الجوال"])
@pytest.mark.parametrize("answer", ["consent", "Marketing Consent", "marketing_consent"])
def test_columns_have_several_names(name: str, answer: str) -> None:
    at = recognise(["id", name, answer, "Consent at", "Collected-Directly"])
    assert at == {"number": 1, "consent": 2, "consent_at": 3, "collected_directly": 4}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("consent\nyes\n", "no_number_column"),
        ("phone\n1\n", "no_consent_column"),
        ("phone,mobile,consent\n1,2,yes\n", "column_twice"),
        ("phone,consent\n", "no_rows"),
        ("", "empty"),
        ('phone,"consent\n', "header"),
        ("phone,consent,رقم\n1,yes,2\n".encode("cp1256"), "encoding"),
        ("phone,consent\n1,yes\n".encode("utf-16"), "encoding"),
    ],
)
def test_a_file_that_cannot_be_used(content: str | bytes, code: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        read(content)
    assert unreadable.value.code == code
    assert unreadable.value.explanation.endswith(".")


def test_a_line_that_says_everything() -> None:
    header = "phone;consent;consent_at;source;collected_directly;wording;purpose;channel;note"
    row = "(212) 555-0123;Yes;2026-10-01T14:30:00+03:00;list;true;v3;Profiling;VOICE;x"
    found = said(row, header)
    moment = datetime(2026, 10, 1, 11, 30, tzinfo=UTC)
    assert (found.e164, found.granted, found.collected_directly) == (DAN, True, True)
    assert (found.purpose, found.channel, found.wording) == ("profiling", "voice", "v3")
    assert found.when
    assert (found.when.earliest, found.when.latest) == (moment, moment)


def test_a_line_that_says_the_least() -> None:
    found = said(f"{DAN},no", "phone,consent")
    assert (found.granted, found.purpose, found.channel) == (False, "marketing", "sms")
    assert (found.collected_directly, found.wording, found.when) == (True, None, None)


@pytest.mark.parametrize(
    ("answer", "granted"),
    [
        *((word, True) for word in ("yes", "TRUE", "1", "نعم")),
        *((word, False) for word in ("no", "False", "0", "لا")),
    ],
)
def test_answers(answer: str, granted: bool) -> None:
    assert said(f"{DAN},{answer},2026-10-01").granted is granted


@pytest.mark.parametrize(
    ("source", "told", "directly"),
    [("list", "", False), ("List", "yes", True), ("web form", "", True), ("", "no", False)],
)
def test_what_comes_from_a_list_was_not_given_to_the_agency(
    source: str, told: str, directly: bool
) -> None:
    row = f"{DAN},yes,2026-10-01,{source},{told}"
    header = "phone,consent,consent_at,source,collected_directly"
    assert said(row, header).collected_directly is directly


def test_a_day_is_the_agencys_day() -> None:
    when = read_when("2026-10-01", NEW_YORK)
    assert when
    assert when.earliest == datetime(2026, 10, 1, 4, 0, tzinfo=UTC)
    assert when.latest == datetime(2026, 10, 2, 3, 59, 59, 999000, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-10-01 10:30", "٢٠٢٦-١٠-٠١T١٠:٣٠"])
def test_a_time_without_a_zone_is_the_agencys(text: str) -> None:
    when = read_when(text, NEW_YORK)
    assert when
    assert when.earliest == when.latest == datetime(2026, 10, 1, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["10/01/2026", "2026-13-01", "yesterday", "0001-01-01", "0001-01-01T00:00", "1989-12-31"],
)
def test_what_is_no_date(text: str) -> None:
    assert read_when(text, ZoneInfo("Asia/Riyadh")) is None


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (",yes,2026-10-01", ["empty"]),
        ("12,yes,2026-10-01", ["not_possible"]),
        (f"{DAN},maybe,2026-10-01", ["consent"]),
        (f"{DAN},,2026-10-01", ["consent"]),
        (f"{DAN},yes,", ["no_date"]),
        (f"{DAN},yes,soon", ["not_a_date"]),
        (f"{DAN},yes,2026-11-11", ["future"]),
        ("12,maybe,soon", ["not_possible", "consent", "not_a_date"]),
        (f"{DAN},maybe,2027-01-01", ["consent", "future"]),
        ("12,no,soon", ["not_possible", "not_a_date"]),
        (f"{DAN},yes", ["columns"]),
        (f"{DAN},yes,2026-10-01,more", ["columns"]),
    ],
)
def test_what_can_be_wrong_with_a_line(row: str, found: list[str]) -> None:
    assert wrong(row) == found


@pytest.mark.parametrize("day", ["2027-01-01", "soon", "10/01/2026", "0001-01-01"])
def test_a_refusal_counts_from_now_where_its_date_cannot_be_used(day: str) -> None:
    (reading,) = read(f"phone,consent,consent_at\n{DAN},no,{day}\n")
    assert reading.said
    assert (reading.said.granted, reading.said.when) == (False, None)
    assert [(fault.line, fault.code) for fault in reading.faults] == [(2, "counts_now")]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("collected_directly", "perhaps"),
        ("purpose", "all"),
        ("channel", "fax"),
        ("wording", "w" * 101),
    ],
)
def test_what_can_be_wrong_with_a_word(column: str, value: str) -> None:
    assert wrong(f"{DAN},no,{value}", f"phone,consent,{column}") == [column]


def test_more_cells_that_are_empty_are_no_fault() -> None:
    assert said(f"{DAN},no,,,", "phone,consent").granted is False


def test_no_fault_repeats_what_the_line_holds() -> None:
    readings = read("phone,consent,consent_at\n0501234567x,SECRET,WORD\n")
    told = " ".join(f"{f.code} {f.explanation}" for r in readings for f in r.faults)
    assert not any(value in told for value in ("0501234567", "SECRET", "WORD"))
