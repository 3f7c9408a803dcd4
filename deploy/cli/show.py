"""What a command prints: a sentence or a table for people, JSON for programs."""

import json
from collections.abc import Iterable, Sequence

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

_UNBROKEN = 100_000  # columns: what is piped on is never wrapped


def sentence(text: str) -> None:
    """One line, as it is."""
    typer.echo(text)


def document(value: object) -> None:
    """JSON; what JSON does not know is written as text."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns without lines around them."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_UNBROKEN)
    style = "" if console.no_color else "bold"
    shown = Table(box=None, pad_edge=False, header_style=style)
    for column in columns:
        shown.add_column(column, overflow="fold")  # an id cut short is no id
    for row in rows:
        shown.add_row(*map(Text, row))
    console.print(shown)
