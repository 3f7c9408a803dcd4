import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common.csvfile import Guess, Unreadable
from services.matcher.domain.rows import Reading
from services.matcher.domain.sheet import Sheet
from tests.matcher.given import NUMBER, file, many


def read(data: bytes, *, step: int = 0, region: str = "US", **mapping: str) -> list[Reading]:
    sheet = Sheet(region, mapping)
    step = step or max(1, len(data))
    found = [r for at in range(0, len(data), step) for r in sheet.feed(data[at : at + step])]
    return found + sheet.close()


def test_lines_become_customers_with_the_number_of_their_line() -> None:
    good, bad, short = read(file("P-1,Amal,(202) 555-0143", "P-2,Omar,12", "P-3"))
    assert good.draft is not None
    assert (good.line, good.draft.external_id, good.draft.numbers[0].e164) == (2, "P-1", NUMBER)
    assert (bad.line, bad.draft, [f.code for f in bad.faults]) == (3, None, ["not_possible"])
    assert (short.line, short.draft, [f.code for f in short.faults]) == (4, None, ["columns"])


def test_says_how_the_file_is_read_and_what_was_left_out() -> None:
    sheet = Sheet("US")
    assert (sheet.guess, sheet.unknown) == (None, ())
    sheet.feed("name;phone;Händler\nAmal;1;x\n".encode("cp1252"))
    sheet.close()
    assert (sheet.guess, sheet.unknown) == (Guess("windows-1252", ";"), ("Händler",))


def test_numbers_are_read_in_the_agencys_country() -> None:
    (reading,) = read(file("P-1,Nora,0500000012"), region="SA")
    assert reading.draft is not None
    assert reading.draft.numbers[0].e164 == "+966500000012"


def test_the_mapping_comes_before_the_guess() -> None:
    (reading,) = read(b"a,phone,mobile\nP-1,x,202-555-0143\n", a="external_id", phone="ignore")
    assert reading.draft is not None
    assert (reading.draft.external_id, len(reading.draft.numbers)) == ("P-1", 1)


@pytest.mark.parametrize(
    ("data", "mapping", "code"),
    [
        (b"", {}, "empty"),
        (b"\n\n", {}, "empty"),
        (b"name,city\n", {}, "no_phone_column"),
        (b"name,city\n" + b"Amal,Riyadh\n" * 9000, {}, "no_phone_column"),
        (b"name,phone\n", {"city": "name"}, "mapping"),
        (b"name,phone\n", {"name": "city"}, "mapping"),
        (b",".join([b"phone"] * 201) + b"\n", {}, "header"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(
    data: bytes, mapping: dict[str, str], code: str
) -> None:
    with pytest.raises(Unreadable) as caught:
        read(data, step=4096, **mapping)
    assert caught.value.code == code


def test_it_is_refused_with_the_first_block_and_not_at_the_end() -> None:
    with pytest.raises(Unreadable):
        Sheet("US").feed(b"name,city\n" + b"Amal,Riyadh\n" * 9000)


def test_readings_come_while_the_file_does() -> None:
    sheet, data = Sheet("US"), many(4000)
    early = sheet.feed(data[:100_000])
    assert 1000 < len(early) < 4000
    assert len(early) + len(sheet.feed(data[100_000:])) + len(sheet.close()) == 4000


LINE = st.sampled_from(
    ["P-1,Amal,202-555-0143", 'P-2,"Omar\nB.",12', "P-3", '"', "نورة,،,٠٥٠٠٠٠٠٠١٢", ",,", "a,b,c,d"]
)


@given(lines=st.lists(LINE, max_size=6), step=st.integers(1, 40))
@settings(max_examples=80)
def test_the_same_readings_however_the_bytes_are_cut(lines: list[str], step: int) -> None:
    data = file("P-0,Zaid,202-555-0100", *lines)
    assert read(data, step=step) == read(data)


@given(st.lists(LINE, max_size=6))
def test_a_reading_has_a_customer_or_says_why_not(lines: list[str]) -> None:
    for reading in read(file("P-0,Zaid,202-555-0100", *lines)):
        assert reading.draft is not None or reading.faults
        assert reading.draft is None or reading.draft.key
        assert all(fault.line == reading.line for fault in reading.faults)


def test_headers_that_nothing_is_made_of_are_told_cut_short() -> None:
    sheet = Sheet("US")
    names = ",".join(f"{'x' * 100}{i}" for i in range(80))
    sheet.feed(f"phone,{names}\n202-555-0143{',' * 80}\n".encode())
    sheet.close()
    assert len(sheet.unknown) == 50
    assert {len(name) for name in sheet.unknown} == {60}
