"""Shared by the tests of messaging: an agency, the people it writes to, and what they say."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from libs.common import clock
from libs.common.events import (
    ConsentChanged,
    ConsentHeartbeat,
    MessageReceived,
    MessageStatus,
    Permission,
    TenantSaved,
)
from libs.common.events.messages import TEXT_FIELD
from libs.common.events.tenants import Assignment
from libs.common.mongo import Work
from services.messaging.app import build
from services.messaging.domain import steps
from services.messaging.domain.message import Message
from services.messaging.settings import Settings
from services.messaging.store import Store
from tests.support.http import Harness, harness

NOON = datetime(2026, 6, 1, 16, tzinfo=UTC)
"""Noon in New York, 19:00 in Riyadh."""

DAN, EVE, NOURA = "+12125550123", "+12125550124", "+966501234567"
LINE = "+12125550199"
PROFILE = "740572b6-099c-44a1-89b9-6c92163bc68d"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)

_ids = count(1)


async def built(folder: Path, mongo_url: str | None = None) -> Harness[Store]:
    """The service, over documents in memory or over a real server."""
    (folder / "telnyx.key").write_text("KEY0123\n")
    own = {
        "telnyx_url": "http://telnyx.invalid",
        "telnyx_key_file": folder / "telnyx.key",
        "webhook_url": "https://hooks.example.com/webhooks/telnyx",
    }
    return await harness(build, Settings, folder, mongo_url, **own)


def agency_facts(**facts: Any) -> dict[str, Any]:
    """An agency with a number and a messaging profile."""
    own = {
        "numbers": (Assignment(value=LINE, valid_from=LONG_AGO),),
        "messaging_profiles": (Assignment(value=PROFILE, valid_from=LONG_AGO),),
    }
    return {**own, **facts}


def subject(house: Harness[Store], agency: TenantSaved, number: str = DAN) -> str:
    """The keyed code of a number."""
    return house.keys.code(agency.tenant, number)


def wrote(
    house: Harness[Store],
    agency: TenantSaved,
    text: str | None = "Hello",
    number: str = DAN,
    **said: Any,
) -> MessageReceived:
    """Somebody writes to the agency, now."""
    sealed = text and b64encode(house.keys.seal(agency.tenant, TEXT_FIELD, text.encode())).decode()
    known = {
        "message_id": f"in-{next(_ids)}",
        "occurred_at": clock.now(),
        "line": LINE,
        "party": number,
        "party_kind": "number",
        "subject": subject(house, agency, number),
        "sealed": sealed,
        "parts": 1,
    }
    return MessageReceived(**{**known, **said})


def permission(state: str = "granted", **said: Any) -> Permission:
    """For marketing by text."""
    known = {"purpose": "marketing", "channel": "sms", "means": "web", "record_id": "r-1"}
    return Permission(**{**known, "state": state, "since": clock.now(), **said})


def consent(
    house: Harness[Store],
    agency: TenantSaved,
    version: int,
    state: str | None = "granted",
    number: str = DAN,
    **said: Any,
) -> ConsentChanged:
    """The ledger speaks, now."""
    known = {
        "subject": subject(house, agency, number),
        "version": version,
        "permissions": (permission(state),) if state else (),
        "changed_at": clock.now(),
    }
    return ConsentChanged(**{**known, **said})


def receipt(status: str, provider_id: str = "p-1", **said: Any) -> MessageStatus:
    """The provider reports, now."""
    known = {"message_id": provider_id, "occurred_at": clock.now(), "status": status}
    return MessageStatus(**{**known, **said})


async def beat(house: Harness[Store], *lanes: int) -> None:
    """Consent gives a sign of life, now, in these lanes; in its first where none is named."""
    for lane in lanes or (0,):
        sign = ConsentHeartbeat(at=clock.now(), lane=lane)
        await house.take(sign, house.tenants.get("platform"))


async def agreed(
    house: Harness[Store], agency: TenantSaved, *lanes: int, number: str = DAN
) -> None:
    """Somebody may be sent promotions: consent is at work (in these lanes), and they agree."""
    await beat(house, *lanes)
    await house.take(consent(house, agency, 1, number=number), agency)


def asked(kind: str = "service", to: str = DAN, **said: Any) -> dict[str, Any]:
    """A message as the API takes one."""
    return {"to": to, "class": kind, "text": "Your policy is renewed.", **said}


async def send(
    house: Harness[Store], agency: TenantSaved, kind: str = "service", to: str = DAN, **said: Any
) -> str:
    """Asks for a message by HTTP and gives its id."""
    answer = await house.client(agency).post("/v1/messages", json=asked(kind, to, **said))
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def kept(house: Harness[Store], agency: TenantSaved, message_id: str) -> Message:
    """The message as it is stored."""
    found = await house.store(agency).messages.get(message_id)
    assert found is not None
    return found


async def claim(house: Harness[Store], agency: TenantSaved, message_id: str, ref: str) -> None:
    """As the job does it."""

    async def body(store: Store, work: Work) -> None:
        message = await store.messages.get(message_id)
        assert message is not None
        assert await store.follow(message, steps.claimed(message, ref, work.now), work)

    await house.units.write(agency, body)


class Time:
    """The time in a test: it stands still until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        """Lets some seconds pass."""
        self.now += timedelta(seconds=seconds)
