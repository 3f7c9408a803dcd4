"""`intnet sms`: messages of which nobody can tell whether they were sent."""

from typing import Annotated
from urllib.parse import quote

import typer
from pydantic import AwareDatetime, BaseModel

from deploy.cli import door, settings, show
from deploy.cli.door import Done
from deploy.cli.options import Json, tenant_id
from libs.common import clock

app = typer.Typer(no_args_is_help=True)

PATH = "/operator/v1/reviews"

Tenant = Annotated[
    str, typer.Argument(parser=tenant_id, metavar="TENANT", help="The tenant's id, as listed.")
]
Message = Annotated[str, typer.Argument(metavar="MESSAGE", help="The message's id, as listed.")]
Sent = Annotated[
    bool, typer.Option("--sent/--not-sent", help="What the provider's own log says of it.")
]
Why = Annotated[str, typer.Option("--reason", help="How it is known; kept with the message.")]


class Review(BaseModel):
    """A message in doubt; neither its text nor its number."""

    tenant: str
    message_id: str
    state: str
    at: AwareDatetime


@app.callback()
def noun() -> None:
    """Messages that only a person can settle: none of them is ever sent again by itself."""


@app.command()
def review(
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="Most to show.")] = 50,
    as_json: Json = False,
) -> None:
    """Show the messages of which nobody can tell what became, the latest first."""
    found = door.messaging(settings.read()).latest(PATH, Review, limit)
    if as_json:
        show.document([one.model_dump(mode="json") for one in found])
    elif found:
        rows = ((clock.rfc3339(one.at), one.tenant, one.message_id, one.state) for one in found)
        show.table(("Since", "Tenant", "Message", "State"), rows)
    else:
        show.sentence("No message waits for a person.")


@app.command()
def settle(tenant: Tenant, message: Message, sent: Sent, why: Why) -> None:
    """Say what became of one, after a look into the provider's log."""
    outcome = "sent" if sent else "not_sent"
    path = f"{PATH}/{tenant}/{quote(message, safe='')}:settle"
    door.messaging(settings.read()).post(path, Done, outcome=outcome, reason=why)
    show.sentence(f"{message} of {tenant} is noted as {outcome.replace('_', ' ')}.")
