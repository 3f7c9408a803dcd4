"""`intnet admin`: the first people of an agency, who invite the others themselves."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer
from pydantic import BaseModel

from deploy.cli import door, settings, show
from deploy.cli.options import Json, Tenant
from libs.common import clock

app = typer.Typer(no_args_is_help=True)


class Role(StrEnum):
    """The roles of an agency."""

    ADMIN = "Admin"
    AGENT = "Agent"
    AUDITOR = "Auditor"


class Invited(BaseModel):
    """What the gateway answers, the only time that the link is known."""

    email: str
    link: str
    expires_at: datetime


class Reset(BaseModel):
    """The same for a link to set a new password with."""

    link: str
    expires_at: datetime


Email = Annotated[str, typer.Argument(metavar="EMAIL", help="Whom to invite.")]
Whom = Annotated[str, typer.Argument(metavar="EMAIL", help="Who cannot sign in.")]
AsRole = Annotated[Role, typer.Option("--role", case_sensitive=False)]


@app.callback()
def noun() -> None:
    """People who manage a tenant."""


@app.command()
def invite(email: Email, tenant: Tenant, role: AsRole = Role.ADMIN, as_json: Json = False) -> None:
    """Print a link with which the person sets a password. It is shown once; an earlier one ends."""
    invited = door.gateway(settings.read()).post(
        "/operator/v1/invitations", Invited, tenant=tenant, email=email, role=role.value.lower()
    )
    until = clock.rfc3339(invited.expires_at)
    if as_json:
        found = {"tenant": tenant, "email": invited.email, "role": role.value}
        show.document({**found, "link": invited.link, "expires_at": until})
    else:
        show.sentence(invited.link)
        typer.echo(f"Good once, until {until}, for that person alone.", err=True)


@app.command()
def reset(email: Whom, tenant: Tenant, as_json: Json = False) -> None:
    """Print a link with which an Admin sets a new password. It is shown once."""
    made = door.gateway(settings.read()).post(
        "/operator/v1/resets", Reset, tenant=tenant, email=email
    )
    until = clock.rfc3339(made.expires_at)
    if as_json:
        show.document({"tenant": tenant, "email": email, "link": made.link, "expires_at": until})
    else:
        show.sentence(made.link)
        typer.echo(f"Good once, until {until}, for that person alone.", err=True)
