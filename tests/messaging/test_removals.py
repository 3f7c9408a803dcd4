"""A customer's record is removed at matcher: no conversation has their name any more."""

from datetime import datetime, timedelta

import pytest

from libs.common.events import Candidate, CustomerRemoved, MessageMatched, TenantSaved
from libs.common.mongo import Document
from services.messaging.store import Store
from tests.messaging.given import DAN, NOON, Time, subject, wrote
from tests.support.http import Harness
from tests.support.sweeps import order, rows, sweep

GONE = Candidate(customer_id="c-gone", name="Peregrina Saltmarsh", confidence=0.8, reasons=())
LEFT = Candidate(customer_id="c-left", name="Ada Example", confidence=0.6, reasons=())
REMOVED = CustomerRemoved(customer_id="c-gone", removed_at=NOON + timedelta(seconds=20))


def answer(
    house: Harness[Store], agency: TenantSaved, *candidates: Candidate, drawn: datetime | None
) -> MessageMatched:
    return MessageMatched(
        message_id="m-1",
        subject=subject(house, agency),
        outcome="matched",
        candidates=candidates,
        matched_at=drawn,
    )


async def conversation(house: Harness[Store], agency: TenantSaved) -> Document:
    (row,) = await rows(house, agency, "conversations")
    return row


@pytest.mark.parametrize("drawn", [None, NOON, NOON + timedelta(seconds=36)])
async def test_the_name_goes_and_the_conversation_stays(
    house: Harness[Store], agency: TenantSaved, drawn: datetime | None
) -> None:
    await house.take(wrote(house, agency), agency)
    await house.take(answer(house, agency, GONE, drawn=drawn), agency)
    before = await conversation(house, agency)
    assert before["customer"] == {"id": "c-gone", "name": GONE.name}
    for _ in range(2):
        await house.take(REMOVED, agency)
        assert await conversation(house, agency) == {**before, "customer": None}
    head = await house.store(agency).conversations.get(subject(house, agency))
    assert head
    assert (head.number, head.customer_id, head.customer_name) == (DAN, None, None)


@pytest.mark.parametrize("drawn", [None, NOON, NOON + timedelta(seconds=36)])
async def test_a_match_that_comes_after_the_removal_names_nobody_in_their_place(
    house: Harness[Store], agency: TenantSaved, drawn: datetime | None
) -> None:
    await house.take(REMOVED, agency)
    await house.take(answer(house, agency, GONE, LEFT, drawn=drawn), agency)
    row = await conversation(house, agency)
    assert row["customer"] is None


@pytest.mark.parametrize("removal_first", [True, False])
async def test_who_is_on_file_again_is_named_again(
    house: Harness[Store], agency: TenantSaved, removal_first: bool
) -> None:
    back = answer(house, agency, GONE, drawn=NOON + timedelta(seconds=37))
    for fact in (REMOVED, back) if removal_first else (back, REMOVED):
        await house.take(fact, agency)
    assert (await conversation(house, agency))["customer"]["name"] == GONE.name


async def test_another_agencys_conversation_stays(
    house: Harness[Store], agency: TenantSaved
) -> None:
    there = await house.open(**{"timezone": "America/New_York"})
    for one in (agency, there):
        await house.take(answer(house, one, GONE, drawn=NOON), one)
    await house.take(REMOVED, agency)
    assert (await conversation(house, there))["customer"]["name"] == GONE.name
    (row,) = await rows(house, there, "removals")
    assert (row["_id"], row["at"], "removed_at" in row) == ("c-gone", NOON, False)


async def test_what_never_was_a_conversation_goes_by_the_match(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    await order(house, agency, "messages", 1)
    await house.take(answer(house, agency, LEFT, drawn=NOON), agency)
    assert (await conversation(house, agency))["undated_since"] == NOON
    time.pass_(86_400)
    assert await sweep(house) == 0
    time.pass_(1)
    assert await sweep(house) == 1
    assert await rows(house, agency, "conversations") == []


@pytest.mark.parametrize("text_first", [True, False])
async def test_what_became_one_goes_by_its_last_text(
    house: Harness[Store], agency: TenantSaved, time: Time, text_first: bool
) -> None:
    await order(house, agency, "messages", 1)
    early = answer(house, agency, LEFT, drawn=NOON - timedelta(days=3))
    both = (wrote(house, agency), early)
    for fact in both if text_first else reversed(both):
        await house.take(fact, agency)
    row = await conversation(house, agency)
    assert (row["last_at"], row["undated_since"]) == (NOON, None)
    assert await sweep(house) == 0
    time.pass_(86_401)
    assert await sweep(house) == 2
    assert await rows(house, agency, "conversations") == []
