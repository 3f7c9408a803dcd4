"""`intnet tenant`: the agencies."""

import secrets
import string
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel

from deploy.cli import door, settings, show
from deploy.cli.door import Door
from deploy.cli.failures import Failure, Refused, using
from deploy.cli.options import Json, tenant_id
from deploy.cli.particulars import Language, Name, Particulars, ProfileId, Region, Timezone
from libs.common import clock
from libs.common.events import TenantSaved
from libs.common.keys import create_tenant_keys

app = typer.Typer(no_args_is_help=True)

PATH = "/operator/v1/tenants"
_ALPHABET = string.ascii_lowercase + string.digits
_ID_LENGTH = 16

ChosenId = Annotated[
    str | None,
    typer.Option("--tenant", parser=tenant_id, metavar="ID", help="Its id; random if not given."),
]


class Listed(BaseModel):
    """All tenants, on one page."""

    data: list[TenantSaved]


@app.callback()
def noun() -> None:
    """Agencies on the platform."""


@app.command()
def create(  # noqa: PLR0913 - each option is an argument
    name: Name,
    profile: ProfileId,
    tenant: ChosenId = None,
    region: Region = None,
    language: Language = None,
    timezone: Timezone = None,
    as_json: Json = False,
) -> None:
    """Make an agency and its keys. Run again, it changes nothing.

    It is known again by its id, or, where no id is given, by name and profile.
    """
    asked = Particulars(
        name=name, profile=profile, region=region, language=language, timezone=timezone
    )
    given = settings.read()
    keys_file = settings.required(given.keys_file, "KEYS_FILE")
    gateway = door.gateway(given)
    there = _find(gateway, tenant, asked)
    made = there or _make(gateway, keys_file, tenant or _new_id(), asked)
    _report(made, created=there is None, as_json=as_json)


@app.command("list")
def list_tenants(as_json: Json = False) -> None:
    """Show all agencies with the numbers that are theirs now."""
    tenants = door.gateway(settings.read()).get(PATH, Listed).data
    if as_json:
        show.document([tenant.model_dump(mode="json") for tenant in tenants])
    else:
        columns = ("Tenant", "Name", "Profile", "Region", "Language", "Time zone", "Numbers")
        show.table(columns, map(_row, tenants))


def _find(gateway: Door, tenant: str | None, asked: Particulars) -> TenantSaved | None:
    """The tenant that an earlier run made. Raises Refused where it is another one."""
    same = [
        known
        for known in gateway.get(PATH, Listed).data
        if known.tenant == tenant
        or (tenant is None and (known.name, known.profile) == (asked.name, asked.profile))
    ]
    if not same:
        return None
    closest = min(same, key=lambda known: len(asked.missing_in(known)))
    if other := asked.missing_in(closest):
        raise Refused(
            f"tenant {closest.tenant} exists with another {', '.join(other)}: "
            "to make one more, give another --tenant."
        )
    return closest


def _make(gateway: Door, keys_file: Path, tenant: str, asked: Particulars) -> TenantSaved:
    """Keys first: a service that hears of a tenant must find them."""
    with using(keys_file):
        create_tenant_keys(keys_file, tenant)
    try:
        return gateway.post(PATH, TenantSaved, tenant=tenant, **asked.complete())
    except Failure as failure:
        hint = f"Its keys are in {keys_file}: to try again, add --tenant {tenant}."
        raise type(failure)(f"{failure} {hint}") from None


def _new_id() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH))


def _report(tenant: TenantSaved, *, created: bool, as_json: bool) -> None:
    if as_json:
        show.document({**tenant.model_dump(mode="json"), "created": created})
    else:
        done = "is created" if created else "is there already"
        show.sentence(f"Tenant {tenant.tenant} ({tenant.name}) {done}.")


def _row(tenant: TenantSaved) -> tuple[str, ...]:
    now = clock.now()
    numbers = [n.value for n in tenant.numbers if n.valid_to is None or n.valid_to > now]
    place = (tenant.region, tenant.language, tenant.timezone)
    return tenant.tenant, tenant.name, tenant.profile, *place, ", ".join(numbers) or "-"
