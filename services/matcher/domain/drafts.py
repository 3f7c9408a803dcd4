"""A customer as one line of a file gives it, before anything is stored."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

import msgspec

from libs.common.phone import LineType

# Part of every fingerprint: a change of what a draft holds makes every row count as changed once.
_VERSION: Final = "1"

Code = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Phone:
    """One number of a customer. `raw` is as given; `read_in` is the region it was read in.

    `label` is the column's: mobile, home, work, whatsapp or phone. The first number of a line is
    `primary`. `region` is the number's own country.
    """

    label: str
    raw: str
    e164: str
    extension: str | None
    region: str | None
    kind: LineType
    valid: bool
    read_in: str | None
    primary: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """What a line says about one customer; None where it says nothing. All of it is personal."""

    external_id: str | None
    name: str | None
    email: str | None
    numbers: tuple[Phone, ...]
    status: str | None
    renewal_on: date | None
    customer_since: date | None
    language: str | None

    @property
    def key(self) -> str | None:
        """The text that tells the same customer in the next file; None where there is none.

        The external id, else the e-mail address, else the name with the first number. It is
        personal: code it before it is stored.
        """
        if self.external_id:
            return f"id:{self.external_id}"
        if self.email:
            return f"email:{self.email}"
        if self.name and self.numbers:
            return f"person:{self.name.casefold()}:{self.numbers[0].e164}"
        return None


def fingerprint(draft: Draft, code: Code) -> str:
    """A code of everything a draft says: equal for an unchanged row in a later file.

    `code` is the tenant's keyed code of a text: without the key nobody can try guesses on it.
    """
    values = [getattr(draft, part.name) for part in fields(draft)]
    return code(f"record:{_VERSION}:{msgspec.json.encode(values).decode()}")
