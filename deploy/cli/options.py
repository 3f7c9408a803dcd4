"""Options that several commands share, and how their values are read."""

import re
from datetime import datetime
from typing import Annotated

import typer

from libs.common.keys import PLATFORM
from libs.common.phone import NotANumber, parse

_TENANT = re.compile(r"[a-z0-9]{8,26}")


def tenant_id(text: str) -> str:
    """An id that a tenant can have."""
    if not _TENANT.fullmatch(text) or text == PLATFORM:
        raise typer.BadParameter("a tenant's id is 8 to 26 lower-case letters and digits")
    return text


def moment(text: str) -> datetime:
    """An aware time from RFC 3339."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise typer.BadParameter("write date, time and offset, such as 2026-05-01T08:00:00Z")
    return at


def e164(text: str) -> str:
    """The E.164 form of a valid number that is written with + and country code."""
    number = parse(text, None)
    if isinstance(number, NotANumber):
        raise typer.BadParameter(number.explanation)
    if number.extension:
        raise typer.BadParameter("an extension cannot be assigned: give the number alone")
    return number.e164


Tenant = Annotated[
    str, typer.Option("--tenant", parser=tenant_id, metavar="ID", help="The tenant's id.")
]
From = Annotated[
    datetime | None,
    typer.Option("--from", parser=moment, metavar="RFC3339", help="From when; now if not given."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
