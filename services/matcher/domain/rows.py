"""One line of a file to one customer, or to what is wrong with it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from libs.common.phone import numbers_in
from services.matcher.domain.cells import Line
from services.matcher.domain.countries import country
from services.matcher.domain.dates import NotADate, read_date
from services.matcher.domain.drafts import Draft
from services.matcher.domain.faults import Fault
from services.matcher.domain.headers import Columns
from services.matcher.domain.phones import read_phones
from services.matcher.domain.terms import language, status

_EMAIL = re.compile(r"[^@\s,;<>\"']+@[^@\s,;<>\"']+\.[^@\s,;<>\"'.]{2,}")
_SCIENTIFIC = re.compile(r"\d[.,]\d+e\+\d+", re.IGNORECASE)
_FLOAT = re.compile(r"(\d+)\.0")

_ADVICE: Final = {
    "id_lost": "The spreadsheet shortened this id and its digits are lost. Format the column as "
    "text and export the file again.",
    "email": "This is no e-mail address. Correct it or leave the cell empty.",
    "language": "This language is not known. Write a code such as ar or en.",
    "no_key": "Nothing tells this customer from others. Give an id, an e-mail address, or a name "
    "with a telephone number.",
}


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
        external_id=_external_id(line),
        name=_name(line),
        email=_email(line),
        numbers=numbers,
        status=status(text) if (text := line.text("status")) else None,
        renewal_on=_date(line, "renewal_on", region or defaults.region),
        customer_since=_date(line, "customer_since", region or defaults.region),
        language=_language(line),
    )
    if any(fault.code == "id_lost" for fault in line.faults):
        rejected = True
    elif draft.key is None and not rejected:
        rejected = True
        line.faults.append(Fault(number, None, "", "no_key", _ADVICE["no_key"]))
    found = tuple(phone.e164 for phone in numbers)
    return Reading(number, None if rejected else draft, tuple(line.faults), found)


def _region(line: Line, defaults: Defaults) -> str | None:
    """The line's country. Where that is not known, numbers need a + rather than a guess."""
    text = line.text("country")
    return country(text) if text else defaults.region


def _external_id(line: Line) -> str | None:
    text = line.text("external_id")
    if text and _SCIENTIFIC.fullmatch(text):
        line.wrong("external_id", "id_lost", _ADVICE["id_lost"])
        return None
    whole = _FLOAT.fullmatch(text) if text else None
    return whole[1] if whole else text


def _name(line: Line) -> str | None:
    text = line.text("name")
    if not text:
        parts = (line.text("first_name"), line.text("last_name"))
        text = " ".join(part for part in parts if part)
    return unicodedata.normalize("NFC", text) or None


def _email(line: Line) -> str | None:
    text = line.text("email")
    if text and not _EMAIL.fullmatch(text):
        line.wrong("email", "email", _ADVICE["email"])
        return None
    return text.lower() if text else None


def _date(
    line: Line, field: Literal["renewal_on", "customer_since"], region: str | None
) -> date | None:
    text = line.text(field)
    found = read_date(text, region) if text else None
    if isinstance(found, NotADate):
        line.wrong(field, found.code, found.explanation)
        return None
    return found


def _language(line: Line) -> str | None:
    text = line.text("language")
    found = language(text) if text else None
    if text and not found:
        line.wrong("language", "language", _ADVICE["language"])
    return found
