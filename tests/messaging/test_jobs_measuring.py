"""What alerts and the doctor are told of texts, and of consent's signs of life."""

from datetime import timedelta
from typing import Any, cast

from prometheus_client import REGISTRY

from libs.common.events import TenantSaved
from services.messaging.jobs import measure
from services.messaging.store import Store
from tests.messaging.given import NOON, Time, beat, send
from tests.support.http import Harness


async def measured(house: Harness[Store], name: str, **labels: str) -> float | None:
    await measure(cast(Any, house))
    return REGISTRY.get_sample_value(name, labels)


async def test_texts_are_counted_by_state_and_the_longest_due_is_timed(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    assert await measured(house, "sms_waiting", state="queued") == 0
    assert await measured(house, "sms_late_seconds") == 0
    await send(house, agency)
    other = await house.open()
    for message in ("msg_1", "msg_2"):
        await house.store(other).due.set(message, "needs_review", NOON)
    await house.store(other).due.set("msg_3", "queued", NOON + timedelta(days=1))
    time.pass_(90)
    assert await measured(house, "sms_waiting", state="queued") == 2
    assert await measured(house, "sms_waiting", state="needs_review") == 2
    assert await measured(house, "sms_waiting", state="unknown") == 0
    assert await measured(house, "sms_late_seconds") == 90


async def test_the_silence_of_consent_grows_until_it_is_heard_of(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    assert await measured(house, "consent_heartbeat_age_seconds") == float("inf")
    await beat(house, 0, 1)
    time.pass_(45)
    assert await measured(house, "consent_heartbeat_age_seconds") == 45
    await beat(house, 1)
    assert await measured(house, "consent_heartbeat_age_seconds") == 45
    await beat(house, 0)
    assert await measured(house, "consent_heartbeat_age_seconds") == 0
