"""The reader of CSV files, over whatever people export."""

import codecs
import csv
import io
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common.csvfile import CsvFile, Limits, Row, Unreadable
from libs.common.csvfile.decoding import Decoder
from libs.common.csvfile.records import Record, Records

# Number plans are compiled at first use, in the middle of an example.
PATIENT = settings(deadline=None)


def rows(data: bytes, region: str | None = "US", step: int = 0, **limits: int) -> list[Row]:
    return read(data, region, step, **limits)[1]


def read(
    data: bytes, region: str | None = "US", step: int = 0, **limits: int
) -> tuple[CsvFile, list[Row]]:
    file = CsvFile(region, limits=Limits(**limits))
    found: list[Row] = []
    for at in range(0, len(data), step or len(data) or 1):
        found += file.feed(data[at : at + (step or len(data))])
    return file, found + file.close()


def faults(found: list[Row]) -> list[tuple[int, str]]:
    return [(row.line, row.broken.code) for row in found if row.broken]


def test_reads_lines_and_counts_them() -> None:
    file, found = read(b'id,name\r\n1,"Jane\r\nRoe"\r\n\r\n2,John\r\n')

    assert file.header == ("id", "name")
    assert found == [Row(2, ("1", "Jane\nRoe")), Row(5, ("2", "John"))]


@pytest.mark.parametrize(
    ("data", "region", "encoding"),
    [
        ("id,name\n1,محمد\n".encode(), "SA", "utf-8"),
        (codecs.BOM_UTF8 + "id,name\n1,محمد\n".encode(), "US", "utf-8"),
        ("id,name\n1,محمد\n".encode("utf-16"), "SA", "utf-16"),
        ("id,name\n1,محمد\n".encode("utf-16-le"), "SA", "utf-16-le"),
        ("id,name\n1,محمد\n".encode("utf-16-be"), "SA", "utf-16-be"),
        ("id,name\n1,محمد\n".encode("cp1256"), "SA", "windows-1256"),
        ("id,name\n1,Zoë…\n".encode("cp1252"), "US", "windows-1252"),
    ],
)
def test_says_which_encoding_it_took(data: bytes, region: str, encoding: str) -> None:
    file, found = read(data, region)

    assert file.header == ("id", "name")
    assert found[0].cells[1] in {"محمد", "Zoë…"}
    assert file.guess
    assert file.guess.encoding == encoding


def test_a_declared_encoding_is_taken_as_it_is() -> None:
    file = CsvFile("US", encoding="Windows-1256")
    file.feed("id,name\n1,محمد\n".encode("cp1256"))

    assert file.close()[0].cells == ("1", "محمد")
    with pytest.raises(Unreadable) as caught:
        CsvFile("US", encoding="rot13").close()
    assert caught.value.code == "encoding"


def test_broken_characters_are_reported_and_never_replaced() -> None:
    good = "".join(f"{n},محمد\n" for n in range(40)).encode()
    found = rows(b"id,name\n" + good + b"41,\xff\n42,Jane\n", "SA")

    assert faults(found) == [(42, "encoding")]
    assert found[40].broken
    assert (found[40].broken.column, found[40].broken.value) == ("name", "\ufffd")
    assert found[41].cells == ("42", "Jane")


def test_a_late_legacy_character_after_plain_text() -> None:
    data = b"id,name\n" + b"1,Jane\n" * 40 + "2,محمد\n".encode("cp1256")

    assert rows(data, "SA", block=64)[-1].cells == ("2", "محمد")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_finds_the_delimiter(mark: str) -> None:
    text = 'id,name,amount\n1,Jane,"1,5"\n2,John,"2,5"\n'
    out = io.StringIO()
    csv.writer(out, delimiter=mark).writerows(csv.reader(text.splitlines()))
    file, found = read(out.getvalue().encode())

    assert file.guess
    assert file.guess.delimiter == mark
    assert [row.cells for row in found] == [("1", "Jane", "1,5"), ("2", "John", "2,5")]


def test_a_decimal_comma_is_no_delimiter() -> None:
    assert rows(b"id;name;amount\n1;Roe, Jane;1,5\n2;John;2,5\n")[0].cells == (
        "1",
        "Roe, Jane",
        "1,5",
    )


@pytest.mark.parametrize("first", ["sep=|\r\n", '"sep=|"\r\n'])
def test_believes_a_sep_line(first: str) -> None:
    file, found = read((first + "id|name\r\n1|a,b\r\n").encode())

    assert file.header == ("id", "name")
    assert found == [Row(3, ("1", "a,b"))]


def test_a_line_with_too_few_or_many_cells_is_an_error() -> None:
    found = rows(b"id,name,\n1,Jane\n2\n3,a,b\n4,John,,\n")

    assert faults(found) == [(3, "columns"), (4, "columns")]
    assert [row.cells for row in found if not row.broken] == [("1", "Jane"), ("4", "John")]
    assert found[1].broken
    assert "1 cells and the header has 2" in found[1].broken.explanation


def test_a_stray_quotation_mark_costs_one_line() -> None:
    text = 'id,name\n1,"Jane\n' + "".join(f"{n},John\n" for n in range(2, 60))
    for limit in (100, 65_536):
        found = rows(text.encode(), record=limit, block=50)
        assert [row.line for row in found if row.broken] == [2]
        assert [row.cells[0] for row in found if not row.broken] == [str(n) for n in range(2, 60)]


def test_a_line_without_end_is_skipped() -> None:
    found = rows(b"id,name\n1," + b"x" * 5_000 + b"\n2,John\n", record=200, block=64)

    assert faults(found) == [(2, "row_too_long")]
    assert found[1] == Row(3, ("2", "John"))


def test_limits_of_cells_and_columns() -> None:
    found = rows(b"id,name\n1,abcdef\n2,abc\n", cell=5)

    assert faults(found) == [(2, "cell_too_long")]
    with pytest.raises(Unreadable) as caught:
        rows(b"a,b,c\n", columns=2)
    assert caught.value.code == "header"


@pytest.mark.parametrize("data", [b"", b"\n\n", b" , \n"])
def test_a_file_without_a_header_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        rows(data)

    assert caught.value.code == "empty"


@pytest.mark.parametrize("header", [b"id,na\x81me", b"id,name,\x8d"])
def test_a_header_of_which_a_name_is_broken_is_no_guide(header: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        rows(header + b"\n1,Jane\n")

    assert caught.value.code == "encoding"


def test_memory_stays_bounded() -> None:
    file = CsvFile("US", limits=Limits(record=1_000, block=1_000))
    file.feed(b"id,name\n1,")
    for _ in range(200):
        file.feed(b"x" * 10_000)

    assert file._records
    assert len(file._records._tail) <= 1_000
    assert len(file._records._lines.waiting) <= 1
    assert len(file._waiting) < 1_000
    assert faults(file.close()) == []


CELLS = st.text(st.sampled_from('ab1é م,;"\n\r\t'), max_size=6)
TABLES = st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=12)
DIRT = st.text(st.sampled_from('ab,;"\n\rم'), max_size=120)


def written(table: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([["id", "name", "note"], *table])
    return out.getvalue().encode()


@PATIENT
@given(TABLES)
def test_reads_back_what_was_written(table: list[list[str]]) -> None:
    found = rows(written(table))
    # Line ends inside cells become newlines, and empty lines are no rows.
    expected = [
        tuple(cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row)
        for row in table
        if any(map(str.strip, row))
    ]

    assert [row.cells for row in found] == expected


@PATIENT
@given(DIRT, st.integers(1, 40), st.sampled_from([16, 64, 65_536]))
def test_the_same_rows_however_the_bytes_are_cut(dirt: str, step: int, block: int) -> None:
    data = b"id,name\n" + dirt.encode()

    assert rows(data, step=step, block=block, record=60) == rows(data, block=block, record=60)


@PATIENT
@given(DIRT, st.lists(st.integers(0, 120), max_size=8))
def test_the_same_records_however_the_text_is_cut(dirt: str, cuts: list[int]) -> None:
    def records(parts: list[str]) -> list[Record]:
        reader = Records(",", limit=1_000)
        found = [record for part in parts for record in reader.feed(part)]
        return found + list(reader.close())

    text = dirt.replace("\r", "\n")
    edges = [0, *sorted(cuts), len(text)]
    parts = [text[a:b] for a, b in pairwise(edges)]

    assert records(parts) == records([text])
    assert [r.line for r in records([text])] == sorted({r.line for r in records([text])})


@PATIENT
@given(st.text(max_size=80), st.integers(1, 9), st.sampled_from(["utf-8", "utf-16", "utf-16-le"]))
def test_the_same_text_however_the_bytes_are_cut(text: str, step: int, encoding: str) -> None:
    data = text.encode(encoding)
    decoder = Decoder(b"", None, encoding)
    pieces = [decoder.decode(data[at : at + step]) for at in range(0, len(data), step)]

    whole = Decoder(b"", None, encoding).decode(data, final=True)
    assert "".join(pieces) + decoder.decode(b"", final=True) == whole


@PATIENT
@given(st.binary(max_size=300), st.sampled_from(["SA", "US", None]))
def test_no_bytes_break_the_reader(data: bytes, region: str | None) -> None:
    try:
        lines = [row.line for row in rows(b"id,name\n" + data, region)]
    except Unreadable:
        lines = []
        assert b"\0" in data  # a zero byte makes UTF-16 of the header too

    assert lines == sorted(set(lines))
