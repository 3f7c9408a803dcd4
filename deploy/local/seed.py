"""Two demo agencies, made through the doors that operators and agencies use."""

import asyncio
import secrets
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import AnyHttpUrl, BaseModel

from deploy.cli.door import Door
from deploy.local.agency import Login, Person
from deploy.local.demo.generate import dated
from deploy.local.files import Files
from deploy.local.people import NEAR
from deploy.local.server import Say
from libs.common import profiles
from libs.common.events import TenantSaved
from libs.common.keys import PLATFORM, create_tenant_keys
from libs.common.principal import OPERATOR, Principal, Signer


@dataclass(frozen=True)
class Demo:
    """What is made for a demo agency."""

    tenant: str
    name: str
    profile: str
    line: str
    connection: str
    messaging_profile: str
    file: str
    transfers_to: str | None = None
    domain: str | None = None


DEMOS = (
    Demo(
        "demointnet01",
        "Lone Star Insurance",
        "intnet-iq",
        "+12025550131",
        "2963572552552678752",
        "6c1b7f0e-53b1-4a5e-9d0c-6b0a5f3d2a01",
        "intnet-iq.csv",
    ),
    Demo(
        "demointerkey",
        "Najd Services",
        "interkey-connect",
        "+966500000031",
        "2963572552552678753",
        "6c1b7f0e-53b1-4a5e-9d0c-6b0a5f3d2a02",
        "interkey-connect.csv",
        transfers_to="SA",
    ),
)


class _Invited(BaseModel):
    token: str


def operator_door(files: Files, gateway_url: str) -> Door:
    """The gateway as an operator of this platform reaches it."""
    who = Principal(PLATFORM, "operator", OPERATOR, frozenset())
    return Door("gateway", AnyHttpUrl(gateway_url), Signer(files.operator_key), who)


async def seed(files: Files, gateway_url: str, say: Say) -> dict[str, Any]:
    """Makes both agencies with people and customers; returns them as `stack.json` shows them."""
    made: dict[str, Any] = {}
    for demo in DEMOS:
        made[demo.tenant] = await make(files, gateway_url, demo)
        logins = {role: Login(**told) for role, told in made[demo.tenant]["logins"].items()}
        say(f"tenant {demo.tenant} ({demo.name}): number {demo.line}, an Admin, an Agent")
        await _customers(gateway_url, logins["admin"], demo, say)
        await _safeguard(gateway_url, logins["admin"], demo, say)
    return made


async def make(files: Files, gateway_url: str, demo: Demo) -> dict[str, Any]:
    """Makes one agency with an Admin and an Agent; returns it as `stack.json` shows it."""
    door = operator_door(files, gateway_url)
    create_tenant_keys(files.keys, demo.tenant)
    await asyncio.to_thread(_make, door, demo)
    logins = {role: await _join(door, gateway_url, demo, role) for role in ("admin", "agent")}
    return {
        "name": demo.name,
        "profile": demo.profile,
        "number": demo.line,
        "connection": demo.connection,
        "messaging_profile": demo.messaging_profile,
        "logins": {role: asdict(login) for role, login in logins.items()},
    }


def _make(door: Door, demo: Demo) -> None:
    profile = profiles.load(demo.profile)
    door.post(
        "/operator/v1/tenants",
        TenantSaved,
        tenant=demo.tenant,
        name=demo.name,
        profile=demo.profile,
        region=profile.region,
        language=profile.language,
        timezone=profile.timezone,
    )
    door.post("/operator/v1/numbers", TenantSaved, tenant=demo.tenant, number=demo.line)
    door.post(
        "/operator/v1/connections", TenantSaved, tenant=demo.tenant, connection_id=demo.connection
    )
    door.post(
        "/operator/v1/profiles", TenantSaved, tenant=demo.tenant, profile_id=demo.messaging_profile
    )


async def _join(door: Door, gateway_url: str, demo: Demo, role: str) -> Login:
    login = Login(f"{role}@{demo.domain or demo.profile}.example.com", secrets.token_urlsafe(12))
    invited = await asyncio.to_thread(
        door.post,
        "/operator/v1/invitations",
        _Invited,
        tenant=demo.tenant,
        email=login.email,
        role=role,
    )
    person = Person(gateway_url)
    body = {"token": invited.token, "name": f"Demo {role.title()}", "password": login.password}
    (await person.http.post("/v1/invitations:accept", json=body)).raise_for_status()
    await person.close()
    return login


async def _customers(gateway_url: str, admin: Login, demo: Demo, say: Say) -> None:
    person = await Person.signed_in(gateway_url, admin)
    content = dated(demo.file, date.today() + NEAR)  # noqa: DTZ011 - a day near enough
    done = await person.upload(content)
    await person.close()
    counts = ", ".join(f"{done[name]} {name}" for name in ("rows", "created", "rejected"))
    say(f"imported {Path(demo.file).name}: {counts}")


async def _safeguard(gateway_url: str, admin: Login, demo: Demo, say: Say) -> None:
    """What the agency must have recorded before a text may go to people of the region."""
    if demo.transfers_to is None:
        return
    person = await Person.signed_in(gateway_url, admin)
    await person.safeguard(demo.transfers_to, "made up for the demo")
    await person.close()
    say(f"recorded a safeguard for texts to {demo.transfers_to}")
