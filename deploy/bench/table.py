"""Rows as Markdown, and the part of a page that belongs to one benchmark. Pure."""

import re
from collections.abc import Sequence

from deploy.bench.figures import Row, Spread

_HEAD = (
    "| | Floor | Ours | Ratio, median (range) | Goal | |",
    "|---|---|---|---|---|---|",
)
_WORDS = {True: "reached", False: "**short**", None: ""}


def table(rows: Sequence[Row]) -> str:
    """One line per row; notes below it."""
    lines = [*_HEAD, *map(_line, rows)]
    notes = [f"{row.name}: {row.note}" for row in rows if row.note]
    return "\n".join(lines) + "".join(f"\n\n{note}" for note in notes)


def section(name: str, command: str, conditions: Sequence[str], rows: Sequence[Row]) -> str:
    """What stands between the markers of a benchmark."""
    told = "; ".join(conditions)
    return f"{_start(name)}\n\n`{command}` · {told}\n\n{table(rows)}\n\n{_end(name)}"


def replaced(page: str, name: str, fresh: str) -> str:
    """The page with this benchmark's section exchanged. Raises ValueError without markers."""
    pattern = re.compile(f"{re.escape(_start(name))}.*?{re.escape(_end(name))}", re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"the page has no section {_start(name)} … {_end(name)}")
    return pattern.sub(lambda _: fresh, page, count=1)


def number(value: float) -> str:
    """Three figures that count, thousands apart."""
    if value >= 1000:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _line(row: Row) -> str:
    goal = f"{'≥' if row.goal.how == 'at least' else '≤'} {row.goal.ratio:g}" if row.goal else "–"
    cells = [
        f"{row.name}, {row.unit}" if row.unit else row.name,
        number(Spread.of(row.floor).middle),
        number(Spread.of(row.ours).middle),
        _spread(row.ratio),
        goal,
        _WORDS[row.reached],
    ]
    return f"| {' | '.join(cells)} |"


def _spread(ratio: Spread) -> str:
    return f"{number(ratio.middle)} ({number(ratio.low)}–{number(ratio.high)})"


def _start(name: str) -> str:
    return f"<!-- bench {name} -->"


def _end(name: str) -> str:
    return f"<!-- end of {name} -->"
