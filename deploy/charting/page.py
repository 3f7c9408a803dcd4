"""The table of values in the chart's README."""

import json
from collections.abc import Iterable

from deploy.charting.values import Value

BEGIN = "<!-- values: written by `make schemas` -->"
END = "<!-- end of values -->"


def filled(readme: str, values: Iterable[Value]) -> str:
    """The page with the table as it is now."""
    head, _, rest = readme.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n\n{table(values)}\n{END}{tail}"


def table(values: Iterable[Value]) -> str:
    """A row for each value that can be set."""
    rows = ["| Value | Default | |", "|---|---|---|"]
    rows += [
        f"| `{leaf.name}` | `{_shown(leaf.default)}` | {_told(leaf)} |"
        for value in values
        for leaf in value.leaves()
    ]
    return "\n".join(rows) + "\n"


def _shown(default: object) -> str:
    return json.dumps(default).replace("|", "\\|")


def _told(value: Value) -> str:
    choice = value.tags.get("enum", "").replace("|", "`, `")
    parts = [value.told, f"One of `{choice}`." if choice else ""]
    return " ".join(part for part in parts if part).replace("|", "\\|")
