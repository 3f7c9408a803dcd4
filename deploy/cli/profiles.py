"""`intnet profile`: which messaging profiles of the telephone provider are whose."""

from typing import Annotated

import typer

from deploy.cli import assignments, door, settings
from deploy.cli.options import From, Json, Tenant
from libs.common.events import TenantSaved

app = typer.Typer(no_args_is_help=True)

Profile = Annotated[str, typer.Argument(metavar="ID", help="The messaging profile's id at Telnyx.")]


@app.callback()
def noun() -> None:
    """Telnyx messaging profiles of tenants."""


@app.command()
def assign(profile: Profile, tenant: Tenant, since: From = None, as_json: Json = False) -> None:
    """Give a messaging profile to a tenant; whoever had it loses it at that moment."""
    answer = door.gateway(settings.read()).post(
        "/operator/v1/profiles",
        TenantSaved,
        tenant=tenant,
        profile_id=profile,
        valid_from=since.isoformat() if since else None,
    )
    assignments.report(tenant, profile, answer.messaging_profiles, as_json=as_json)
