import csv
import re
from io import StringIO

import pytest

from deploy.local.demo.generate import FOLDER, files
from libs.common.phone import normalise, split

US, SA = "intnet-iq.csv", "interkey-connect.csv"
FORMS = {US: (",", "US"), SA: (";", "SA")}
ABROAD = {"+442079460123", "+12025550177", "+966920000000"}
RESERVED = re.compile(r"\+1[2-9]\d\d55501\d\d|\+96650000\d{4}")


def rows(name: str) -> list[list[str]]:
    text = (FOLDER / name).read_text("utf-8-sig")
    return list(csv.reader(StringIO(text, newline=""), delimiter=FORMS[name][0]))


def numbers(name: str) -> list[tuple[str, str]]:
    """Name of the customer and number in E.164, for each number that can be read."""
    found = []
    for row in rows(name)[1:]:
        for part in split(row[2]) if len(row) == 8 else ():
            number = normalise(part, FORMS[name][1])
            found += [(row[1], number)] if number else []
    return found


@pytest.mark.parametrize("name", FORMS)
def test_the_files_are_what_the_generator_writes(name: str) -> None:
    assert (FOLDER / name).read_bytes() == files()[name]


@pytest.mark.parametrize("name", FORMS)
def test_about_three_hundred_lines(name: str) -> None:
    assert 290 <= len(rows(name)) <= 320


def test_the_forms() -> None:
    assert not (FOLDER / US).read_bytes().startswith(b"\xef\xbb\xbf")
    assert (FOLDER / SA).read_bytes().startswith(b"\xef\xbb\xbf")
    assert any(row[2].isdecimal() and not row[2].isascii() for row in rows(SA) if len(row) == 8)


@pytest.mark.parametrize("name", FORMS)
def test_every_number_is_reserved_or_made_up(name: str) -> None:
    found = {number for _, number in numbers(name)}
    assert len(found) > 250
    assert {number for number in found - ABROAD if not RESERVED.fullmatch(number)} == set()


@pytest.mark.parametrize(
    ("name", "number", "people"),
    [
        (US, "+15125550171", {"Jane Whitfield"}),
        (US, "+12125550172", {"Robert Okafor"}),
        (US, "+12125550182", {"Robert Okafor"}),
        (US, "+13035550173", {"Carmen Delgado"}),
        (US, "+14045550174", {"Thomas Avery", "Linda Avery"}),
        (US, "+15125550190", set()),
        (SA, "+966500000971", {"نورة العتيبي"}),
        (SA, "+966500000972", {"فهد الحربي"}),
        (SA, "+966500000982", {"فهد الحربي"}),
        (SA, "+966500000973", {"سارة القحطاني"}),
        (SA, "+966500000974", {"مازن السديري", "مها السديري"}),
        (SA, "+966500000990", set()),
    ],
)
def test_whom_the_demo_calls_as(name: str, number: str, people: set[str]) -> None:
    assert {who for who, has in numbers(name) if has == number} == people


@pytest.mark.parametrize("name", FORMS)
def test_the_usual_dirt_is_there(name: str) -> None:
    table = rows(name)
    cells = [row[2] for row in table if len(row) == 8]
    assert {len(row) for row in table} == {1, 2, 8, 9}
    assert table.count(table[0]) == 2
    assert sum(not any(row) for row in table) >= 1
    assert sum(bool(re.fullmatch(r"\d\.\d+E\+\d+", cell)) for cell in cells) >= 5
    assert sum(" / " in cell for cell in cells) >= 5
    assert any("\n" in cell for cell in cells)
    assert any(cell.startswith('="') for cell in cells)
    assert any(cell.endswith(".0") for cell in cells)
    assert sum(row[0] == "" and row[1] != "" for row in table) >= 5
    assert len({tuple(row) for row in table}) < len(table) - 3
