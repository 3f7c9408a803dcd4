"""The table that `make drill` prints, and the exit status that sums it up."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from deploy.drill.perform import Result

COLUMNS = (
    "experiment",
    "seed",
    "accepted",
    "effects",
    "parked",
    "lost",
    "doubled",
    "order violations",
    "recovery",
    "outcome",
    "counted",
)
FAULTS_SHOWN = 5


def show(results: Sequence[Result]) -> None:
    """Prints one row for each experiment, then what was wrong."""
    table = Table(*COLUMNS, show_lines=False, pad_edge=False)
    for result in results:
        table.add_row(*_cells(result))
    console = Console(width=180)
    console.print(table)
    for result in results:
        for line in details(result):
            console.print(line, highlight=False, markup=False)


def line(result: Result) -> str:
    """A row in one line, for those who wait."""
    return f"{result.experiment.number}: " + ", ".join(
        f"{name} {cell}" for name, cell in zip(COLUMNS[1:], _cells(result)[1:], strict=True) if cell
    )


def details(result: Result) -> list[str]:
    """The first faults, and what was missing; none for a green experiment."""
    found = result.verdict.faults
    lines = [f"{result.experiment.number}: {fault}" for fault in found[:FAULTS_SHOWN]]
    if len(found) > FAULTS_SHOWN:
        lines.append(f"{result.experiment.number}: and {len(found) - FAULTS_SHOWN} more")
    if result.outcome == "inconclusive":
        missing = ", ".join(result.missing)
        lines.append(f"{result.experiment.number}: inconclusive, there was none of: {missing}")
    return lines


def status(results: Sequence[Result]) -> int:
    """1 where anything is red, else 2 where anything is inconclusive, else 0."""
    outcomes = {result.outcome for result in results}
    return 1 if "red" in outcomes else 2 if "inconclusive" in outcomes else 0


def _cells(result: Result) -> list[str]:
    verdict = result.verdict
    numbers = (
        verdict.accepted,
        verdict.effects,
        verdict.parked,
        verdict.lost,
        verdict.doubled,
        verdict.disorder,
    )
    counted = ", ".join(f"{name} {count}" for name, count in sorted(result.counts.items()))
    return [
        f"{result.experiment.number} {result.experiment.title}",
        str(result.seed),
        *map(str, numbers),
        "" if result.recovery is None else f"{result.recovery:.1f} s",
        _said(result),
        f"{counted} ({result.seconds:.0f} s)",
    ]


def _said(result: Result) -> str:
    if not result.experiment.control:
        return result.outcome
    return "red, as it must" if result.outcome == "green" else "GREEN: the drill is blind"
