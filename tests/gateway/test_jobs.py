"""What the events themselves do to what an agent gets after a reconnect."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from prometheus_client import REGISTRY

from libs.common import clock
from libs.common.bus.guard import HEARD
from libs.common.events import (
    CallMatched,
    CallStarted,
    Candidate,
    ConsentChanged,
    CustomerRemoved,
    Envelope,
    Event,
    InsightProduced,
    enclose,
)
from libs.common.events.insights import Score
from libs.common.service import Running
from services.gateway.domain.live import Live
from services.gateway.domain.moment import Moment
from services.gateway.jobs import show
from services.gateway.store import Store

AT = datetime(2026, 5, 19, 12, tzinfo=UTC)
STARTED = CallStarted(
    session_id="ses_1",
    leg_id="leg_1",
    occurred_at=AT,
    started_at=AT,
    direction="incoming",
    party_kind="number",
    subject="noura",
)
MATCHED = CallMatched(
    session_id="ses_1",
    subject="noura",
    outcome="matched",
    candidates=(Candidate(customer_id="c-1", name="Peregrina", confidence=1, reasons=()),),
)


async def shown(live: Live, *facts: Event) -> None:
    """As if the job had followed exactly these."""

    async def follow(
        kinds: Sequence[type[Event]], see: Callable[[Envelope], Awaitable[None]]
    ) -> None:
        for fact in facts:
            assert type(fact) in kinds
            name = f"evt_{fact.TYPE}_{getattr(fact, 'version', 0)}"
            await see(enclose(fact, "tenant0001", id=name, source="test", time=AT))

    await show(live)(cast(Running[Store], SimpleNamespace(follow=follow)))


def change(version: int, *, restricted: bool) -> ConsentChanged:
    return ConsentChanged(subject="noura", version=version, restricted=restricted, changed_at=AT)


def snapshot(live: Live) -> list[str]:
    return [one.type for one in live.join("tenant0001", lambda _: None).open_calls()]


@pytest.mark.parametrize("late", [0, 1])
async def test_a_match_that_may_have_been_drawn_from_a_removed_record_is_not_taken_in(
    late: int,
) -> None:
    """Read after the removal it came from a record that is on file again."""
    live = Live()
    removed_at = AT - HEARD - timedelta(seconds=late)
    removal = CustomerRemoved(customer_id="c-1", removed_at=removed_at)
    await shown(live, STARTED, removal, MATCHED)
    assert ("call.matched" in snapshot(live)) == (late > 0)


async def test_cards_of_calls_that_begin_while_it_shows_are_timed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def counted(card: str) -> float:
        return REGISTRY.get_sample_value("ring_to_card_seconds_count", {"card": card}) or 0

    score = Score(points=1, band="low", base=1, contributions=())
    made = InsightProduced(
        insight_id="ins_1",
        session_id="ses_1",
        version=1,
        model="m",
        as_of=AT,
        risk=score,
        retention=score,
        lines=(),
        inputs=(),
    )
    before = counted("first")
    await shown(Live(), STARTED, made)
    assert counted("first") == before
    monkeypatch.setattr(clock, "now", lambda: AT)
    await shown(Live(), STARTED, made)
    assert counted("first") == before + 1


async def test_who_is_restricted_while_they_call_is_named_no_more() -> None:
    live = Live()
    await shown(live, STARTED, MATCHED)
    assert snapshot(live) == ["call.started", "call.matched"]
    await shown(live, change(1, restricted=True))
    assert snapshot(live) == ["call.started"]


async def test_a_restriction_that_is_read_before_the_match_holds_and_its_end_ends_it() -> None:
    live = Live()
    await shown(live, change(1, restricted=True), STARTED, MATCHED)
    assert snapshot(live) == ["call.started"]
    await shown(live, change(2, restricted=False), MATCHED)
    assert snapshot(live) == ["call.started", "call.matched"]


async def test_an_open_page_hears_of_the_restriction_itself_and_no_name_after_it() -> None:
    """By which it takes down what it shows of them."""
    live = Live()
    heard: list[Moment] = []
    live.join("tenant0001", lambda moment: heard.append(cast(Moment, moment)))
    await shown(live, STARTED, change(1, restricted=True), MATCHED)
    assert [one.type for one in heard] == ["call.started", "consent.changed"]
    assert (heard[1].data["subject"], heard[1].data["restricted"]) == (heard[0].subject, True)
