from datetime import date

import pytest

from libs.common.customers.dates import NotADate, read_date
from libs.common.customers.terms import language, status
from services.matcher.domain.countries import country
from services.matcher.domain.faults import guarded, headlines


@pytest.mark.parametrize(
    ("cell", "region", "day"),
    [
        ("2026-03-04", "US", date(2026, 3, 4)),
        ("2026/3/4", "SA", date(2026, 3, 4)),
        ("20260304", None, date(2026, 3, 4)),
        ("2026-03-04T00:00:00Z", "US", date(2026, 3, 4)),
        ("3/4/2026", "US", date(2026, 3, 4)),
        ("3/4/2026", "SA", date(2026, 4, 3)),
        ("3/4/2026", None, date(2026, 4, 3)),
        ("25/12/2026", "US", date(2026, 12, 25)),
        ("12/25/2026", "SA", date(2026, 12, 25)),
        ("3/4/26 0:00", "US", date(2026, 3, 4)),
        ("3/4/98", "US", date(1998, 3, 4)),
        ("04.03.2026", "DE", date(2026, 3, 4)),
        ("4-Mar-2026", "US", date(2026, 3, 4)),
        ("March 4, 2026", "SA", date(2026, 3, 4)),
        ("٤/٣/٢٠٢٦م", "SA", date(2026, 3, 4)),
    ],
)
def test_dates(cell: str, region: str | None, day: date) -> None:
    assert read_date(cell, region) == day


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1445/09/01", "hijri_date"),
        ("1/9/1445 هـ", "hijri_date"),
        ("45292", "serial_date"),
        ("2026-02-30", "not_a_date"),
        ("0000-00-00", "not_a_date"),
        ("soon", "not_a_date"),
        ("4-Foo-2026", "not_a_date"),
    ],
)
def test_no_dates(cell: str, code: str) -> None:
    found = read_date(cell, "SA")

    assert isinstance(found, NotADate)
    assert found.code == code
    assert cell not in found.explanation


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("sa", "SA"),
        ("KSA", "SA"),
        ("Saudi Arabia", "SA"),
        ("المملكة العربية السعودية", "SA"),
        ("U.S.A.", None),
        ("The United States", "US"),
        ("+966", "SA"),
        ("00966", "SA"),
        ("٩٦٦", "SA"),
        ("999", None),
        ("UK", "GB"),
        ("Atlantis", None),
    ],
)
def test_countries(text: str, iso: str | None) -> None:
    assert country(text) == iso


def test_terms() -> None:
    assert status("EXPIRED") == "lapsed"
    assert status("On Hold") == "on hold"
    assert (language("en-US"), language("عربي"), language("Klingon")) == ("en", "ar", None)


def test_reports_for_spreadsheets() -> None:
    assert guarded("=1+1") == "'=1+1"
    assert guarded("+12025550133") == "'+12025550133"
    assert guarded("\uff1d1+1") == "'\uff1d1+1"
    assert guarded("\n=1+1") == "'\n=1+1"
    assert guarded("Jane") == "Jane"
    assert headlines({"digits_lost": 812, "no_key": 1}) == (
        "Numbers that the spreadsheet shortened: 812. Format the column as text and export again.",
    )
