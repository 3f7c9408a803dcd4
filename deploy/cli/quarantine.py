"""`intnet quarantine`: webhooks that have no tenant, or no meaning."""

from typing import Annotated

import typer
from pydantic import AwareDatetime, BaseModel

from deploy.cli import door, settings, show
from deploy.cli.options import Json
from libs.common import clock

app = typer.Typer(no_args_is_help=True)


class Quarantined(BaseModel):
    """One of them, without what is inside."""

    id: str
    reason: str
    event_type: str | None = None
    received_at: AwareDatetime


@app.callback()
def noun() -> None:
    """Webhooks that nobody owns or nobody understands."""


@app.command("list")
def list_quarantine(
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="Most to show.")] = 50,
    as_json: Json = False,
) -> None:
    """Show why webhooks were put aside, the latest first."""
    found = door.ingest(settings.read()).latest("/v1/quarantine", Quarantined, limit)
    if as_json:
        show.document([webhook.model_dump(mode="json") for webhook in found])
    elif found:
        rows = ((clock.rfc3339(q.received_at), q.reason, q.event_type or "-", q.id) for q in found)
        show.table(("Received", "Reason", "Event type", "Id"), rows)
    else:
        show.sentence("The quarantine is empty.")
