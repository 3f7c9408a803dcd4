"""What alerts and the doctor are told of webhooks that were set aside."""

from typing import Any, cast

from prometheus_client import REGISTRY

from libs.common.events import WebhookQuarantined
from libs.common.keys import PLATFORM
from services.ingest.jobs import measure
from services.ingest.store import Store
from tests.ingest.given import AT
from tests.support.http import Harness


async def test_the_quarantine_is_counted(house: Harness[Store]) -> None:
    for name in ("w1", "w2", "w2"):
        kept = WebhookQuarantined(
            webhook_id=name, reason="unrouted: none", event_type=None, received_at=AT, sealed="c2Vh"
        )
        await house.units.read(PLATFORM).keep(kept)
    await measure(cast(Any, house))
    assert REGISTRY.get_sample_value("quarantine_depth") == 2
