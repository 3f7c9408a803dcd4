"""A customer given field by field, read by the same rules as a line of a file."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.matcher.domain.drafts import Draft
from services.matcher.domain.faults import Fault
from services.matcher.domain.headers import recognise
from services.matcher.domain.rows import Defaults, Reading, read_row


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
    reading: Reading = read_row(1, cells, recognise(header, mapping), Defaults(region))
    if reading.draft is None or reading.faults:
        raise Unusable(reading.faults)
    return reading.draft
