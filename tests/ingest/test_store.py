"""The quarantine's store: the same over documents in memory and over the real server."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.common.events import WebhookQuarantined
from libs.common.keys import PLATFORM
from services.ingest.store import Store
from tests.support.http import Harness

AT = datetime(2026, 5, 19, 12, tzinfo=UTC)


@pytest.fixture
def store(house: Harness[Store]) -> Store:
    return house.units.read(PLATFORM)


def webhook(name: str, seconds: float = 0, **fields: Any) -> WebhookQuarantined:
    whole = {"reason": "not_json", "event_type": None, "sealed": "c2VhbGVk", **fields}
    at = AT + timedelta(seconds=seconds)
    return WebhookQuarantined(webhook_id=name, received_at=at, **whole)


async def test_what_is_kept_is_listed_without_its_body(store: Store) -> None:
    await store.keep(webhook("one", reason="unrouted: none", event_type="call.initiated"))
    assert await store.page(None, 10) == [
        {
            "_id": "one",
            "reason": "unrouted: none",
            "event_type": "call.initiated",
            "received_at": AT,
        }
    ]


async def test_the_same_webhook_twice_is_one(store: Store) -> None:
    await store.keep(webhook("one"))
    await store.keep(webhook("one", 5, reason="texml"))
    assert [(row["_id"], row["reason"]) for row in await store.page(None, 10)] == [("one", "texml")]


async def test_pages_are_the_latest_first_and_miss_and_repeat_nothing(store: Store) -> None:
    # Several within a millisecond, which is all that the server keeps of a time.
    for number in range(20):
        await store.keep(webhook(f"w{number:02d}", number // 4 + number / 1_000_000))
    found: list[str] = []
    place = None
    while rows := await store.page(place, 3):
        found += [row["_id"] for row in rows]
        place = (rows[-1]["received_at"], rows[-1]["_id"])
    assert found == [f"w{number:02d}" for number in reversed(range(20))]


async def test_the_sealed_body_is_in_the_database(house: Harness[Store], store: Store) -> None:
    await store.keep(webhook("one"))
    row = await house.mongo.service_collection("quarantine").get({"_id": "one"})
    assert row is not None
    assert row["sealed"] == "c2VhbGVk"
