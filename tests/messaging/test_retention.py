"""What was written goes when its time is over: by period, in portions, each with its evidence."""

import asyncio
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from pymongo.errors import AutoReconnect

from libs.common import clock, profiles
from libs.common.events import RetentionOrdered, TenantSaved
from libs.common.mongo import Lease
from libs.common.privacy import BATCH, Period, sweeps
from services.messaging.store import ENTITIES, Store
from tests.messaging.given import (
    DAN,
    EVE,
    NOON,
    Time,
    agency_facts,
    claim,
    kept,
    send,
    wrote,
)
from tests.support.http import Harness
from tests.support.memory.queries import fits
from tests.support.sweeps import evidence, ids, order, rows, sweep

DAY = timedelta(days=1)
KEPT = profiles.load("intnet-iq").kept_days
HOURS_25 = 25 * 3600


@pytest.fixture(autouse=True)
async def _clean(house: Harness[Store]) -> None:
    await house.mongo.service_collection("trail").remove({})
    await house.mongo.service_collection("leases").remove({})


async def talk(house: Harness[Store], agency: TenantSaved, texts: int, number: str = DAN) -> None:
    for _ in range(texts):
        await house.take(wrote(house, agency, number=number), agency)


async def test_after_a_day_all_is_gone_and_the_evidence_counts_it(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    other = await house.open(**agency_facts())
    await talk(house, agency, 7)
    await talk(house, other, 3)
    await order(house, agency, "messages", 1)
    there = ids(await rows(house, agency, "messages"))
    untouched = [await rows(house, other, name) for name in ("messages", "conversations")]
    time.pass_(HOURS_25)
    assert await sweep(house) == 8
    assert await rows(house, agency, "messages") == []
    assert await rows(house, agency, "conversations") == []
    assert [await rows(house, other, name) for name in ("messages", "conversations")] == untouched
    messages, conversations = await evidence(house, agency)
    assert messages == {
        "category": "messages",
        "collection": "messages",
        "means": "deleted",
        "documents": 7,
        "oldest": "2026-06-01T16:00:00.000Z",
        "newest": "2026-06-01T16:00:00.000Z",
        "period_days": 1,
        "policy_version": 1,
        "root": tree(there),
    }
    assert (conversations["collection"], conversations["documents"]) == ("conversations", 1)
    assert await evidence(house, other) == []
    assert await sweep(house) == 0
    assert len(await evidence(house, agency)) == 2


def tree(ids: list[str]) -> str:
    """RFC 9162, 2.1.1, in its own words."""

    def over(leaves: list[bytes]) -> bytes:
        if len(leaves) == 1:
            return sha256(b"\x00" + leaves[0]).digest()
        split = 1
        while split * 2 < len(leaves):
            split *= 2
        return sha256(b"\x01" + over(leaves[:split]) + over(leaves[split:])).digest()

    return over([one.encode() for one in sorted(ids)]).hex()


async def test_two_replicas_count_nothing_twice(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    await talk(house, agency, 40)
    await order(house, agency, "messages", 1)
    time.pass_(HOURS_25)
    await asyncio.gather(sweep(house), sweep(house))
    assert await rows(house, agency, "messages") == []
    facts = await evidence(house, agency)
    assert sum(one["documents"] for one in facts if one["collection"] == "messages") == 40


async def test_a_replica_that_was_overtaken_counts_nothing_twice(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    """A lease can end while its holder works; what it deletes is deleted once all the same."""
    await talk(house, agency, 40)
    await order(house, agency, "messages", 1)
    time.pass_(HOURS_25)
    (rule,) = [one for one in sweeps("messaging", ENTITIES) if one.kept.category == "messages"][:1]
    both = await asyncio.gather(*(house.scoped.apart(agency, rule.batch) for _ in range(2)))
    assert sorted(both) == [0, 40]
    assert [one["documents"] for one in await evidence(house, agency)] == [40]


async def test_what_is_much_goes_in_portions(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    await talk(house, agency, 1)
    (one,) = await rows(house, agency, "messages")
    many = [{**one, "_id": f"m{i:04}"} for i in range(BATCH + 2)]
    await house.mongo.scope(agency.tenant).collection("messages").put_all(many)
    await order(house, agency, "messages", 1)
    time.pass_(HOURS_25)
    await sweep(house)
    counts = [
        f["documents"] for f in await evidence(house, agency) if f["collection"] == "messages"
    ]
    assert counts == [BATCH, 3]
    assert await rows(house, agency, "messages") == []


async def test_only_a_whole_round_counts_as_one(
    house: Harness[Store], agency: TenantSaved, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    def swept() -> float | None:
        which = {"component": "messaging"}
        return REGISTRY.get_sample_value("sweep_done_timestamp_seconds", which)

    await sweep(house)
    done = clock.now().timestamp()
    assert swept() == done
    time.pass_(60)
    lease = Lease(house.mongo.service_collection("leases"), "sweep")
    assert await lease.hold()
    await sweep(house)
    await lease.release()
    assert swept() == done
    with monkeypatch.context() as broken:
        broken.setattr(house.scoped, "apart", failing)
        await sweep(house)
    assert swept() == done
    await sweep(house)
    assert swept() == done + 60


async def failing(*_: object) -> int:
    raise AutoReconnect("away")


async def test_a_shorter_period_takes_what_is_older_at_the_next_sweep(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    await order(house, agency, "messages", 90)
    await talk(house, agency, 2)
    time.pass_(2 * DAY.total_seconds())
    await talk(house, agency, 1, EVE)
    time.pass_(29 * DAY.total_seconds())
    assert await sweep(house) == 0
    await order(house, agency, "messages", 30, version=2)
    assert await sweep(house) == 3
    facts = await evidence(house, agency)
    assert {(one["period_days"], one["policy_version"]) for one in facts} == {(30, 2)}
    assert [row["_id"] for row in await rows(house, agency, "conversations")]
    assert len(await rows(house, agency, "messages")) == 1


async def test_an_older_order_is_passed_over_and_none_returns_to_the_profile(
    house: Harness[Store], agency: TenantSaved
) -> None:
    periods = house.store(agency).periods
    for days, version, wanted in ((9, 2, 9), (5, 1, 9), (None, 3, 395), (7, 3, 395), (999, 4, 395)):
        await order(house, agency, "messages", days, version)
        assert (await periods.get("messages", agency)).days == wanted
    assert RetentionOrdered.TOPIC in house.service.topics_in()


async def test_texts_are_emptied_while_their_status_stays(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    await talk(house, agency, 2)
    before = await rows(house, agency, "messages")
    time.pass_(KEPT["message_texts"] * DAY.total_seconds())
    assert await sweep(house) == 0
    time.pass_(1)
    assert await sweep(house) == 2
    assert await rows(house, agency, "messages") == [{**row, "text": None} for row in before]
    (facts,) = await evidence(house, agency)
    assert facts["means"] == "text emptied"
    assert (facts["category"], facts["documents"]) == ("message_texts", 2)
    assert await sweep(house) == 0
    client = house.client(agency)
    subject = before[0]["subject"]
    thread = (await client.get(f"/v1/conversations/{subject}")).json()
    assert [entry["text"] for entry in thread["messages"]] == [None, None]


async def test_what_is_still_to_be_sent_waits_for_its_end(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    later = (clock.now() + 3 * DAY).isoformat()
    planned = await send(house, agency, send_at=later)
    under_way = await send(house, agency, to=EVE)
    await claim(house, agency, under_way, "ref-1")
    for category in ("messages", "message_texts"):
        await order(house, agency, category, 1)
    time.pass_(HOURS_25)
    await sweep(house)
    assert (await kept(house, agency, planned)).text
    assert (await kept(house, agency, under_way)).text
    cancelled = await house.client(agency).post(f"/v1/messages/{planned}:cancel")
    assert cancelled.is_success
    await sweep(house)
    assert await house.store(agency).messages.get(planned) is None
    assert await house.store(agency).messages.get(under_way) is not None


async def test_a_tenant_that_fails_holds_up_no_other(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    odd = agency.model_copy(update={"version": 2, "profile": "nobodys"})
    house.tenants.put(odd)
    other = await house.open(**agency_facts())
    await talk(house, other, 1)
    time.pass_((KEPT["messages"] + 1) * DAY.total_seconds())
    await sweep(house)
    assert await rows(house, other, "messages") == []


RULES = sweeps("messaging", ENTITIES)


@given(
    rule=st.sampled_from(RULES),
    days=st.integers(1, 800),
    offset=st.one_of(st.integers(-5, 5), st.integers(-(10**11), 10**11)),
)
def test_nothing_is_swept_early(rule: Any, days: int, offset: int) -> None:
    """`offset` is milliseconds from the edge: what is as old as the period may stay, not go."""
    age = timedelta(days=days, milliseconds=offset)
    document = {rule.kept.since: NOON - age, "text": b"sealed", "state": "delivered"}
    query = rule.due(Period("messages", 900, days), NOON)
    assert fits(document, query) is (offset > 0)
    assert not fits({**document, rule.kept.since: None}, query)
