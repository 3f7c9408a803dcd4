"""`intnet dead`: records that a service could not handle."""

from collections.abc import Sequence
from typing import Annotated, get_args

import typer
from pydantic import AwareDatetime, BaseModel

from deploy.cli import door, settings, show
from deploy.cli.door import Consuming, Done, Door
from deploy.cli.failures import Misused, Refused
from deploy.cli.options import Json
from libs.common import clock

app = typer.Typer(no_args_is_help=True)

PATH = "/operator/v1/dead"
MOST = 10_000

Service = Annotated[
    Consuming, typer.Argument(metavar="SERVICE", help=f"{', '.join(get_args(Consuming))}.")
]
Places = Annotated[
    list[str] | None, typer.Argument(metavar="PLACE", help="topic/partition/offset, as listed.")
]
Like = Annotated[
    str | None, typer.Option(metavar="TEXT", help="All whose reason contains this text.")
]
Why = Annotated[str, typer.Option("--reason", help="Why; it is kept with the record.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; otherwise it is only shown.")]


class Dead(BaseModel):
    """One of them, without what is inside."""

    place: str
    tenant: str | None = None
    type: str | None = None
    reason: str
    attempts: int
    at: AwareDatetime
    state: str


class Inside(BaseModel):
    """What can be told of one."""

    dead: Dead
    key_bytes: int | None
    value_bytes: int | None
    headers: int
    event: dict[str, str]


@app.callback()
def noun() -> None:
    """Records that a service could not handle: parked, tried again, or given up."""


@app.command("list")
def list_dead(
    service: Service,
    state: Annotated[str, typer.Option(help="parked, replayed or discarded.")] = "parked",
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="Most to show.")] = 50,
    as_json: Json = False,
) -> None:
    """Show what is parked and why, the latest first."""
    found = door.dead(service, settings.read()).latest(PATH, Dead, limit, state=state)
    if as_json:
        show.document([one.model_dump(mode="json") for one in found])
    elif found:
        _table(found)
    else:
        show.sentence(f"{service} has none that is {state}.")


@app.command("show")
def show_dead(service: Service, place: str) -> None:
    """Show one, without its data, as JSON."""
    found = door.dead(service, settings.read()).get(f"{PATH}/{place}", Inside)
    show.document(found.model_dump(mode="json"))


@app.command()
def replay(
    service: Service, why: Why, places: Places = None, like: Like = None, yes: Yes = False
) -> None:
    """Handle them once more, each under its own event id: what is done already is not repeated."""
    _settle(service, "replay", _Chosen(places or (), like), why, yes=yes)


@app.command()
def discard(
    service: Service, why: Why, places: Places = None, like: Like = None, yes: Yes = False
) -> None:
    """Give them up, and delete what is inside."""
    _settle(service, "discard", _Chosen(places or (), like), why, yes=yes)


class _Chosen:
    """Those named, or those whose reason contains a text."""

    def __init__(self, places: Sequence[str], like: str | None) -> None:
        if bool(places) == (like is not None):
            raise Misused("Name the places, or else a part of the reason with --like.")
        self._places, self._like = places, like

    def of(self, parked: Sequence[Dead]) -> list[Dead]:
        """In the order in which they were parked. Raises Refused for one that is not."""
        if self._like is not None:
            return [one for one in reversed(parked) if self._like in one.reason]
        known = {one.place: one for one in parked}
        if strange := [place for place in self._places if place not in known]:
            raise Refused(f"Not parked: {', '.join(strange)}.")
        return [known[place] for place in self._places]


def _settle(service: Consuming, verb: str, chosen: _Chosen, why: str, *, yes: bool) -> None:
    there = door.dead(service, settings.read())
    found = chosen.of(there.latest(PATH, Dead, MOST))
    if not yes:
        _table(found)
        show.sentence(f"{len(found)} to {verb}; nothing is done without --yes.")
        return
    refused = [one for one in found if not _settled(there, one, verb, why)]
    show.sentence(f"{verb}: {len(found) - len(refused)} done, {len(refused)} refused.")
    if refused:
        raise typer.Exit(Refused.code)


def _settled(there: Door, one: Dead, verb: str, why: str) -> bool:
    try:
        there.post(f"{PATH}/{one.place}/{verb}", Done, reason=why)
    except Refused as refusal:
        typer.echo(f"{one.place}: {refusal}", err=True)
        return False
    return True


def _table(found: Sequence[Dead]) -> None:
    rows = (
        (clock.rfc3339(one.at), one.place, one.tenant or "-", one.type or "-", one.reason)
        for one in found
    )
    show.table(("Parked", "Place", "Tenant", "Event type", "Reason"), rows)
