"""A customer given field by field, read by the same rules as a line of a file."""

from collections.abc import Sequence
from dataclasses import dataclass

from libs.common.phone import NotANumber
from services.matcher.domain.cells import Line
from services.matcher.domain.drafts import Draft
from services.matcher.domain.faults import Fault
from services.matcher.domain.headers import Columns, recognise
from services.matcher.domain.rows import Defaults, read_row


@dataclass(frozen=True)
class Given:
    """One customer; `numbers` pairs a label (mobile, home, work, whatsapp, phone) with a number."""

    fields: dict[str, str]
    numbers: Sequence[tuple[str, str]]


class Unusable(ValueError):
    """What was given makes no customer; each fault names its field."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("unusable customer")
        self.faults = faults


def read(given: Given, region: str) -> Draft:
    """The customer. Raises Unusable where anything in it cannot be used."""
    header = [*given.fields, *(f"{label} phone {i}" for i, (label, _) in enumerate(given.numbers))]
    cells = [*given.fields.values(), *(number for _, number in given.numbers)]
    mapping = {name: name for name in given.fields}
    mapping |= dict.fromkeys(header[len(given.fields) :], "phone")
    if not given.numbers:
        header, cells = [*header, "phone"], [*cells, ""]
    columns = recognise(header, mapping)
    reading = read_row(1, cells, columns, Defaults(region))
    faults = (*reading.faults, *(_blank(cells, columns) if given.numbers else ()))
    if reading.draft is None or faults:
        raise Unusable(faults)
    return reading.draft


def _blank(cells: Sequence[str], columns: Columns) -> Sequence[Fault]:
    """Numbers that say nothing: left out of a file, but here somebody gave one by mistake."""
    line = Line(1, cells, columns)
    for column in columns.phones:
        if line.phone(column.index) is None:
            line.wrong_at(column.index, "empty", NotANumber("empty").explanation)
    return line.faults
