"""`intnet connection`: which connections of the telephone provider are whose."""

from typing import Annotated

import typer

from deploy.cli import assignments, door, settings
from deploy.cli.options import From, Json, Tenant
from libs.common.events import TenantSaved

app = typer.Typer(no_args_is_help=True)

Connection = Annotated[str, typer.Argument(metavar="ID", help="The connection's id at Telnyx.")]


@app.callback()
def noun() -> None:
    """Telnyx connections of tenants."""


@app.command()
def assign(
    connection: Connection, tenant: Tenant, since: From = None, as_json: Json = False
) -> None:
    """Give a connection to a tenant; whoever had it loses it at that moment."""
    answer = door.gateway(settings.read()).post(
        "/operator/v1/connections",
        TenantSaved,
        tenant=tenant,
        connection_id=connection,
        valid_from=since.isoformat() if since else None,
    )
    assignments.report(tenant, connection, answer.connections, as_json=as_json)
