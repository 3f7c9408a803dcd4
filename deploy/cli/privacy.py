"""`intnet privacy`: proof that somebody is nowhere. The only command that reads stores itself."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import BaseModel

from deploy.cli import door, settings, show
from deploy.cli.failures import Failure
from deploy.cli.options import Json, e164, tenant_id

if TYPE_CHECKING:
    from deploy.scan.scan import Found

app = typer.Typer(no_args_is_help=True)

PATH = "/operator/v1/scans"
NOWHERE, FOUND, UNREAD, UNNOTED, PASSING = range(5)

Number = Annotated[
    str,
    typer.Option(
        "--number", metavar="E164", help="Whom to look for; - reads it from standard input."
    ),
]
Tenant = Annotated[
    str | None,
    typer.Option(
        "--tenant", parser=tenant_id, metavar="ID", help="Leave out what is another tenant's."
    ),
]
Logs = Annotated[
    list[Path] | None,
    typer.Option(
        "--logs", metavar="DIR", help="A folder of logs, spans or spools; may be repeated."
    ),
]


class Noted(BaseModel):
    """On whose records the scan stands: agencies, or the platform."""

    noted: list[str]


@app.callback()
def noun() -> None:
    """What is kept of people."""


@app.command()
def scan(number: Number, tenant: Tenant = None, logs: Logs = None, as_json: Json = False) -> None:
    """Look for a person in every database, topic and file, in every spelling and encoding.

    Prints places and counts, never what was found. Topics of calls and texts carry numbers, also
    of who was erased since, until their days are over: they are counted apart. What is sealed with
    a key cannot be looked into. It goes on the audit record before it tells anything, by way of
    consent: that of the tenant, or of all in whose data something is and the platform's.

    \b
    Exit codes, the first that holds:
      2  something could not be read, so nobody can tell (or wrong usage)
      3  all was read, but the scan is not on record
      1  the number is somewhere that does not forget it by itself
      4  it is only in topics that do, within days
      0  it is nowhere
    """
    from deploy.scan.scan import Scan  # the clients of the stores load slowly
    from deploy.scan.traces import Traces

    given = sys.stdin.readline().strip() if number == "-" else number
    told = settings.read()
    mongo = settings.required(told.mongo_url, "MONGO_URL")
    kafka = settings.cluster()
    whole = e164(given)
    search = Scan(Traces(whole, _national(whole)), tenant)
    search.databases(mongo)
    search.topics(kafka)
    search.folders(logs or [])
    noted = _noted(told, whole, tenant, search.found)
    _show(search.found, noted, as_json)
    raise typer.Exit(_code(search.found, noted))


def _code(found: "Found", noted: list[str]) -> int:
    from deploy.scan.passing import apart

    passing, elsewhere = apart(found.there)
    if found.unread or not noted:
        return UNREAD if found.unread else UNNOTED
    if elsewhere:
        return FOUND
    return PASSING if passing else NOWHERE


def _national(whole: str) -> str:
    import phonenumbers

    return phonenumbers.national_significant_number(phonenumbers.parse(whole))


def _noted(told: settings.Settings, number: str, tenant: str | None, found: "Found") -> list[str]:
    """On whose records it is now. On none where that fails: what was found must be told still."""
    whole = found.figures() | {"unread": len(found.unread)}
    shares = [
        {"tenant": owner, **share.figures()}
        for owner, share in found.shares.items()
        if share.there.total()
    ]
    try:
        asked = {"number": number, "tenant": tenant, "whole": whole, "shares": shares}
        return door.consent(told).post(PATH, Noted, **asked).noted
    except Failure as failure:
        typer.echo(f"intnet: this scan is not on record: {failure}", err=True)
        return []


def _show(found: "Found", noted: list[str], as_json: bool) -> None:
    from deploy.scan.passing import apart

    there = {place: count for place, count in sorted(found.there.items()) if count}
    passing, elsewhere = apart(there)
    if as_json:
        told = {"found": there, "passing": passing, "elsewhere": elsewhere}
        told |= {"read": found.read.total(), "unread": found.unread, "noted": noted}
        show.document(told)
        return
    rows = [(place, str(count)) for place, count in there.items()]
    rows += [(place, f"not read: {why}") for place, why in sorted(found.unread.items())]
    if rows:
        show.table(("Place", "Count"), rows)
    if there:
        show.sentence(_meaning(passing, elsewhere))
    read, places = found.read.total(), len(found.read)
    show.sentence(f"Read {read} documents, records and pieces of files in {places} places.")
    show.sentence(f"On the audit record of {', '.join(noted) or 'nobody'}.")


def _meaning(passing: int, elsewhere: int) -> str:
    """What a newcomer must know to read the table."""
    from deploy.scan.passing import PASSING

    days = max(PASSING.values())
    topics = " and ".join(place.removeprefix("kafka ") for place in PASSING)
    return (
        f"{passing} in {topics}, which forget by themselves within {days} days: expected also"
        f" after an erasure. {elsewhere} elsewhere: after an erasure there must be none."
    )
