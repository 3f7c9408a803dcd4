"""How figures are written down."""

import pytest

from deploy.bench.__main__ import BENCHMARKS, PAGE
from deploy.bench.figures import Goal, Row
from deploy.bench.table import number, replaced, section, table
from deploy.local.cache import ROOT

RATE = Row("ingest", "requests/s", (6000.0, 5000.0), (3000.0, 3500.0), Goal("at least", 0.6))
SLOW = Row("p99", "ms", (2.0,), (9.0,), Goal("at most", 3), note="The broker was cold.")
PLAIN = Row("CPU", "µs", (80.0,), (160.0,))


def test_a_row_shows_floor_ours_ratio_and_goal() -> None:
    lines = table([RATE, SLOW, PLAIN]).splitlines()
    assert lines[2] == "| ingest, requests/s | 5,500 | 3,250 | 0.6 (0.5–0.7) | ≥ 0.6 | reached |"
    assert lines[3] == "| p99, ms | 2 | 9 | 4.5 (4.5–4.5) | ≤ 3 | **short** |"
    assert lines[4] == "| CPU, µs | 80 | 160 | 2 (2–2) | – |  |"
    assert lines[-1] == "p99: The broker was cold."


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1234, "0.123"), (12.34, "12.3"), (123.4, "123"), (12345, "12,300"), (1234567, "1,230,000")],
)
def test_three_figures_count(value: float, text: str) -> None:
    assert number(value) == text


def test_only_its_own_section_of_the_page_is_exchanged() -> None:
    old = section("bus", "make bench", ["2 cores"], [PLAIN])
    kept = section("ring", "make bench", ["2 cores"], [SLOW])
    fresh = section("bus", "python -m deploy.bench --only bus", ["4 cores", "load 0.1"], [RATE])
    page = f"# Title\n\n{old}\n\nBetween.\n\n{kept}\n\nThe end.\n"
    assert replaced(page, "bus", fresh) == page.replace(old, fresh)
    assert replaced(page, "bus", old) == page


def test_what_stands_in_a_section_is_taken_as_it_is() -> None:
    note = Row("a", "ms", (1.0,), (1.0,), note=r"a \1 and a \g<0>")
    page = section("bus", "x", [], [])
    assert note.note in replaced(page, "bus", section("bus", "x", [], [note]))


def test_a_page_without_the_section_is_not_written() -> None:
    with pytest.raises(ValueError, match="<!-- bench bus -->"):
        replaced("# Title\n", "bus", "anything")


@pytest.mark.parametrize("name", BENCHMARKS)
def test_the_page_has_a_section_for_every_benchmark(name: str) -> None:
    fresh = section(name, "x", [], [])
    assert fresh in replaced((ROOT / PAGE).read_text(), name, fresh)
