"""`intnet privacy`: proof that somebody is nowhere. The only command that reads stores itself."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.cli import settings, show
from deploy.cli.options import Json, e164, tenant_id

if TYPE_CHECKING:
    from deploy.scan.scan import Found

app = typer.Typer(no_args_is_help=True)

FOUND, UNREAD = 1, 2

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


@app.callback()
def noun() -> None:
    """What is kept of people."""


@app.command()
def scan(number: Number, tenant: Tenant = None, logs: Logs = None, as_json: Json = False) -> None:
    """Look for a person in every database, topic and file, in every spelling and encoding.

    Prints places and counts, never what was found. Exit code 0: nowhere; 1: somewhere; 2: something
    could not be read, so nobody can tell. What is sealed with a key cannot be looked into.
    """
    from deploy.scan.scan import Scan  # the clients of the stores load slowly
    from deploy.scan.traces import Traces

    given = sys.stdin.readline().strip() if number == "-" else number
    told = settings.read()
    mongo = settings.required(told.mongo_url, "MONGO_URL")
    kafka = settings.required(told.kafka_url, "KAFKA_URL")
    whole = e164(given)
    search = Scan(Traces(whole, _national(whole)), tenant)
    search.databases(mongo)
    search.topics(kafka)
    search.folders(logs or [])
    _show(search.found, as_json)
    if search.found.unread:
        raise typer.Exit(UNREAD)
    if search.found.there.total():
        raise typer.Exit(FOUND)


def _national(whole: str) -> str:
    import phonenumbers

    return phonenumbers.national_significant_number(phonenumbers.parse(whole))


def _show(found: "Found", as_json: bool) -> None:
    there = {place: count for place, count in sorted(found.there.items()) if count}
    if as_json:
        show.document({"found": there, "read": found.read.total(), "unread": found.unread})
        return
    rows = [(place, str(count)) for place, count in there.items()]
    rows += [(place, f"not read: {why}") for place, why in sorted(found.unread.items())]
    if rows:
        show.table(("Place", "Count"), rows)
    read, places = found.read.total(), len(found.read)
    show.sentence(f"Read {read} documents, records and pieces of files in {places} places.")
