"""Time in: what the provider refuses whatever the message makes a sender rest, or the agency."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import httpx
import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from libs.common.events import SmsFailed, TenantSaved
from libs.common.events.tenants import Assignment
from services.messaging.clients import Provider
from services.messaging.jobs import Sending
from services.messaging.store import Store
from tests.messaging.given import (
    DAN,
    LINE,
    NOON,
    PROFILE,
    Time,
    agency_facts,
    kept,
    receipt,
    send,
)
from tests.messaging.provider import once
from tests.simulator.support import API_KEY, TARGET, Clock, Target, built, log, order
from tests.support.http import Harness

pytestmark = pytest.mark.parametrize("house", ["memory"], indirect=True)

SECOND_LINE = "+12125550198"


class Telnyx:
    """The stand-in for the provider, and a job that sends by it."""

    def __init__(self, house: Harness[Store], door: httpx.AsyncClient, provider: Provider) -> None:
        self.door = door
        self._sending = Sending(cast(Any, house), provider)

    async def turn(self) -> None:
        """One round of the job, to the end of its requests."""
        await once(self._sending)

    async def asked(self) -> int:
        """How often it was asked to send."""
        return len(await log(self.door))


@pytest.fixture
async def telnyx(house: Harness[Store]) -> AsyncIterator[Telnyx]:
    transport = httpx.ASGITransport(built(Target(), Clock()))
    auth = {"authorization": f"Bearer {API_KEY}"}
    provider = Provider("http://simulator.test", API_KEY, TARGET, transport)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://simulator.test", headers=auth
    ) as door:
        yield Telnyx(house, door, provider)
    await provider.close()


@pytest.fixture
async def agency(house: Harness[Store]) -> TenantSaved:
    """With two numbers."""
    numbers = tuple(Assignment(value=one, valid_from=NOON) for one in (LINE, SECOND_LINE))
    return await house.open(**agency_facts(numbers=numbers))


async def states(house: Harness[Store], agency: TenantSaved, *ids: str) -> list[tuple[str, Any]]:
    messages = [await kept(house, agency, one) for one in ids]
    return [(message.state, message.code) for message in messages]


FAULTS = {
    "spend_limit": "spend_limit",
    "unpaid": "provider_unpaid",
    "profile_disabled": "provider_disabled",
}


@pytest.mark.parametrize("way", FAULTS)
async def test_what_befalls_the_agency_holds_all_its_senders_and_costs_no_message(
    house: Harness[Store], agency: TenantSaved, telnyx: Telnyx, time: Time, way: str
) -> None:
    code = FAULTS[way]
    await order(telnyx.door, {"way": way, "count": 2})
    first = await send(house, agency)
    await telnyx.turn()
    others = [await send(house, agency) for _ in range(30)]
    elsewhere = await send(house, agency, sender=SECOND_LINE)
    await telnyx.turn()
    assert await telnyx.asked() == 1
    assert await states(house, agency, first, elsewhere) == [("queued", code)] * 2
    time.pass_(60)  # one asks, in vain
    await telnyx.turn()
    assert await telnyx.asked() == 2
    for _ in range(11):
        time.pass_(10)
        await telnyx.turn()
    assert await telnyx.asked() == 2
    time.pass_(10)  # one asks again
    await telnyx.turn()
    assert await telnyx.asked() == 3
    for _ in range(20):
        time.pass_(5)
        await telnyx.turn()
    assert {state for state, _ in await states(house, agency, first, elsewhere, *others)} == {
        "accepted"
    }
    assert house.units.of(SmsFailed) == []


async def test_what_befalls_a_sender_leaves_the_others_alone(
    house: Harness[Store], agency: TenantSaved, telnyx: Telnyx, time: Time
) -> None:
    await order(telnyx.door, {"way": "sender_not_registered", "count": 1})
    held = await send(house, agency)
    await telnyx.turn()
    stranger = await house.open(**agency_facts())
    waiting = await send(house, agency)
    other, theirs = await send(house, agency, sender=SECOND_LINE), await send(house, stranger)
    await telnyx.turn()
    assert await states(house, agency, held, waiting) == [("queued", "sender_blocked")] * 2
    assert await states(house, agency, other) == [("accepted", None)]
    assert await states(house, stranger, theirs) == [("accepted", None)]


async def test_after_an_hour_the_messages_fail_and_one_in_half_an_hour_still_asks(
    house: Harness[Store], agency: TenantSaved, telnyx: Telnyx, time: Time
) -> None:
    await order(telnyx.door, {"way": "profile_disabled", "probability": 1})
    ids = [await send(house, agency) for _ in range(20)]
    code = await send(house, agency, "one_time_code")
    for _ in range(6 * 59):
        await telnyx.turn()
        time.pass_(10)
    assert {state for state, _ in await states(house, agency, code, *ids)} == {"queued"}
    for _ in range(6 * 6):
        await telnyx.turn()
        time.pass_(10)
    assert set(await states(house, agency, code, *ids)) == {("failed", "provider_disabled")}
    assert len(house.units.of(SmsFailed)) == 21
    assert {failed.provider_code for failed in house.units.of(SmsFailed)} == {"40312"}
    assert await telnyx.asked() <= 10 + 6  # what went out before the first answer, and those asking
    await order(telnyx.door)
    late = await send(house, agency)
    time.pass_(30 * 60)
    await telnyx.turn()
    assert await states(house, agency, late) == [("accepted", None)]


async def test_a_refusal_is_told_once_and_without_a_number(
    house: Harness[Store], agency: TenantSaved, telnyx: Telnyx, time: Time
) -> None:
    labels = {"code": "provider_disabled"}
    before = REGISTRY.get_sample_value("sms_setbacks_total", labels) or 0
    await order(telnyx.door, {"way": "profile_disabled", "probability": 1})
    for _ in range(15):
        await send(house, agency)
    with capture_logs() as logs:
        for _ in range(3):
            await telnyx.turn()
            time.pass_(10)
    (told,) = [one for one in logs if one["event"] == "sending.set_back"]
    assert (told["log_level"], told["tenant"]) == ("warning", agency.tenant)
    assert (told["code"], told["provider_code"]) == ("provider_disabled", "40312")
    assert not any(number[1:] in str(logs) for number in (DAN, LINE, PROFILE))
    assert REGISTRY.get_sample_value("sms_setbacks_total", labels) == before + 1


async def test_a_receipt_that_blames_the_sender_makes_it_rest_too(
    house: Harness[Store], agency: TenantSaved, telnyx: Telnyx, time: Time
) -> None:
    sent = await send(house, agency)
    await telnyx.turn()
    ref = (await kept(house, agency, sent)).ref
    told = receipt("sending_failed", "p", reference=ref, errors=("40010",))
    await house.take(told, agency)
    waiting = await send(house, agency)
    with capture_logs() as logs:
        await telnyx.turn()
        await telnyx.turn()
    assert [one["event"] for one in logs] == ["sending.set_back"]
    assert await states(house, agency, sent, waiting) == [
        ("failed", "sender_blocked"),
        ("queued", "sender_blocked"),
    ]
    due = await house.store(agency).due.since(waiting)
    assert due == NOON + timedelta(minutes=1)
    time.pass_(60)
    await telnyx.turn()
    assert await states(house, agency, waiting) == [("accepted", None)]


async def test_what_is_the_messages_own_holds_nobody(
    house: Harness[Store], agency: TenantSaved, telnyx: Telnyx, time: Time
) -> None:
    await order(telnyx.door, {"way": "refused_code", "code": "40309", "count": 1})
    abroad = await send(house, agency)
    await telnyx.turn()
    other = await send(house, agency)
    await telnyx.turn()
    assert await states(house, agency, abroad, other) == [
        ("failed", "region_blocked"),
        ("accepted", None),
    ]
