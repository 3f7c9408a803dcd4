"""`intnet number`: which telephone numbers are whose."""

from typing import Annotated

import typer

from deploy.cli import assignments, door, settings
from deploy.cli.options import From, Json, Tenant, e164
from libs.common.events import TenantSaved

app = typer.Typer(no_args_is_help=True)

Number = Annotated[
    str,
    typer.Argument(parser=e164, metavar="NUMBER", help="With + and country code: +12025550100."),
]


@app.callback()
def noun() -> None:
    """Telephone numbers of tenants."""


@app.command()
def assign(number: Number, tenant: Tenant, since: From = None, as_json: Json = False) -> None:
    """Give a number to a tenant; whoever had it loses it at that moment."""
    answer = door.gateway(settings.read()).post(
        "/operator/v1/numbers",
        TenantSaved,
        tenant=tenant,
        number=number,
        valid_from=since.isoformat() if since else None,
    )
    assignments.report(tenant, number, answer.numbers, as_json=as_json)
