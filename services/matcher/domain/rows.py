"""One line of a file to one customer, or to what is wrong with it."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from libs.common.customers import values
from libs.common.customers.terms import status
from libs.common.customers.values import Unfit
from libs.common.phone import numbers_in
from services.matcher.domain.cells import Line
from services.matcher.domain.countries import country
from services.matcher.domain.drafts import Draft
from services.matcher.domain.faults import Fault
from services.matcher.domain.headers import Columns, Field
from services.matcher.domain.phones import read_phones

_NO_KEY: Final = (
    "Nothing tells this customer from others. Give an id, an e-mail address, or a name with a "
    "telephone number."
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for a line that does not say otherwise: the agency's ISO region."""

    region: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A line read. Without a `draft` it is rejected; with one, what its faults name is left out.

    `numbers` are the good ones (E.164) of a rejected line as well.
    """

    line: int
    draft: Draft | None
    faults: tuple[Fault, ...] = ()
    numbers: tuple[str, ...] = ()

    def mentioned(self, region: str) -> frozenset[str]:
        """Every number (E.164) that the line holds, in its faults too."""
        wrong = (numbers_in(fault.value, region) for fault in self.faults)
        return frozenset(self.numbers).union(*wrong)


def read_row(number: int, cells: Sequence[str], columns: Columns, defaults: Defaults) -> Reading:
    """Reads line `number`, which has as many cells as the header.

    The line is rejected where it gives numbers and none can be used, where its id lost digits,
    and where nothing tells the customer from others. Any other fault costs only its cell.
    """
    line = Line(number, cells, columns)
    region = _region(line, defaults)
    numbers = read_phones(line, region)
    rejected = bool(line.faults) and not numbers
    draft = Draft(
        external_id=_read(line, "external_id", region, values.external_id),
        name=_name(line),
        email=_read(line, "email", region, values.email),
        numbers=numbers,
        status=status(text) if (text := line.text("status")) else None,
        renewal_on=_read(line, "renewal_on", region or defaults.region, values.day),
        customer_since=_read(line, "customer_since", region or defaults.region, values.day),
        language=_read(line, "language", region, values.language),
    )
    if any(fault.code == "id_lost" for fault in line.faults):
        rejected = True
    elif draft.key is None and not rejected:
        rejected = True
        line.faults.append(Fault(number, None, "", "no_key", _NO_KEY))
    found = tuple(phone.e164 for phone in numbers)
    return Reading(number, None if rejected else draft, tuple(line.faults), found)


def _region(line: Line, defaults: Defaults) -> str | None:
    """The line's country. Where that is not known, numbers need a + rather than a guess."""
    text = line.text("country")
    return country(text) if text else defaults.region


def _name(line: Line) -> str | None:
    text = line.text("name")
    if not text:
        parts = (line.text("first_name"), line.text("last_name"))
        text = " ".join(part for part in parts if part)
    return unicodedata.normalize("NFC", text) or None


def _read(
    line: Line, field: Field, region: str | None, read: Callable[[str, str | None], T | Unfit]
) -> T | None:
    text = line.text(field)
    found = read(text, region) if text else None
    if isinstance(found, Unfit):
        line.wrong(field, found.code, found.explanation)
        return None
    return found
