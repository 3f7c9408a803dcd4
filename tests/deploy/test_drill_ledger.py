"""The ledger goes red for every kind of wrong, and stays green when all is right."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.drill import journal
from deploy.drill.evidence import Evidence, Seen
from deploy.drill.journal import Step
from deploy.drill.ledger import Verdict, settle
from deploy.drill.poster import Answer
from deploy.drill.stores import Effect
from libs.common.bus import Record
from libs.common.events import Envelope

AT = datetime(2026, 5, 19, tzinfo=UTC)
T, S = "agencyaaa", "session-1"
RANG, ENDED = "2026-05-19T08:00:00Z", "2026-05-19T08:00:09Z"


def event(kind: str, event_id: str, data: dict[str, Any]) -> Envelope:
    return Envelope(
        id=event_id,
        source="t",
        type=kind,
        time=AT,
        subject=S,
        tenantid=T,
        dataschema="d",
        data=data,
    )


def seen(topic: str, offset: int, envelope: Envelope) -> Seen:
    return Seen(Record(topic, 0, offset, envelope.key, b""), envelope)


def answer(kind: str, event_id: str, began: float, **expected: str | None) -> Answer:
    return Answer(event_id, kind, T, S, expected, began, began + 0.1, 200, False)


def card(version: int = 2) -> dict[str, Any]:
    return {"version": version, "inputs": ["customer/c-1"]}


def right() -> Evidence:
    start = {"party": "+12025550101", "started_at": RANG}
    match = {"outcome": "matched", "candidates": [{"name": "Jane"}]}
    found = Evidence(
        posted=[
            answer("call.initiated", "e-1", 1.0, **start, outcome="matched", name="Jane"),
            answer("call.hangup", "e-2", 2.0, at=ENDED),
            replace(answer("poison:garbage", "p-1", 3.0), tenant=None, session=None),
        ],
        steps=[],
        quarantine={"p-1": "not_json"},
        effects=[Effect("matcher", T, "match_call", S, 1)],
    )
    found.topics = {
        "calls.v1": [
            seen("calls.v1", 5, event("call.started", "e-1", {})),
            seen("calls.v1", 6, event("call.ended", "e-2", {})),
        ],
        "matches.v1": [seen("matches.v1", 1, event("call.matched", "m-1", match))],
        "insights.v1": [
            seen("insights.v1", 1, event("insight.produced", "i-1", card(1))),
            seen("insights.v1", 2, event("insight.produced", "i-2", card(2))),
        ],
    }
    leg = {"started": start, "ended": {"ended_at": ENDED}}
    found.records[T, S] = {"legs": [leg]}
    found.cards[T, S] = [{"session": S, "card": card(2)}]
    return found


def test_all_is_right() -> None:
    verdict = settle(right())
    assert not verdict.red
    assert (verdict.accepted, verdict.effects, verdict.parked) == (3, 2, 1)


def without_record(found: Evidence) -> None:
    del found.records[T, S]


def never_produced(found: Evidence) -> None:
    found.topics["calls.v1"].pop()


def another_name(found: Evidence) -> None:
    data: Any = found.topics["matches.v1"][0].event.data
    data["candidates"][0]["name"] = "John"


def another_end(found: Evidence) -> None:
    found.records[T, S]["legs"][0]["ended"]["ended_at"] = RANG


def old_card(found: Evidence) -> None:
    found.cards[T, S][0]["card"] = card(1)


def no_second_card(found: Evidence) -> None:
    found.topics["insights.v1"].pop()
    found.cards[T, S][0]["card"] = card(1)


def poison_gone(found: Evidence) -> None:
    found.quarantine.clear()


def parked(found: Evidence) -> None:
    found.parked["matcher"] = [{"_id": "calls.v1/0/5", "reason": "ValueError: 5 tries"}]


LOSSES: list[tuple[Callable[[Evidence], None], str]] = [
    (without_record, "not processed"),
    (never_produced, "never produced"),
    (another_name, "another customer"),
    (another_end, "another moment"),
    (old_card, "not the one that was sent"),
    (no_second_card, "does not know the match"),
    (poison_gone, "not in quarantine"),
    (parked, "parked by matcher"),
]


@pytest.mark.parametrize(("spoil", "word"), LOSSES)
def test_what_is_accepted_and_has_no_effect_is_lost(
    spoil: Callable[[Evidence], None], word: str
) -> None:
    found = right()
    spoil(found)
    verdict = settle(found)
    assert verdict.lost >= 1
    assert any(word in fault for fault in verdict.faults)


def test_an_event_without_a_200_is_owed_nothing() -> None:
    found = right()
    found.posted[1] = replace(found.posted[1], status=503)
    never_produced(found)
    assert settle(found).lost == 0


def test_a_second_effect_and_a_second_different_event_are_doubles() -> None:
    found = right()
    found.effects.append(Effect("insights", T, "note_start", S, 3))
    again = event("call.matched", "m-2", {"outcome": "unknown", "candidates": []})
    found.topics["matches.v1"].insert(0, seen("matches.v1", 0, again))
    assert settle(found).doubled == 3


def test_the_same_event_twice_on_a_topic_is_no_double() -> None:
    found = right()
    found.topics["matches.v1"] *= 2
    assert not settle(found).red


def test_what_was_done_before_the_experiment_may_be_done_again_at_any_time() -> None:
    found = right()
    found.steps = [
        Step(at, 7, "insights", "end", place, "e", "k")
        for at, place in ((5.0, "consent.v1/0/2"), (6.0, "consent.v1/0/1"))
    ]
    assert settle(found).disorder == 1
    earlier = Step(1.0, 7, "insights", "end", "consent.v1/0/1", "e", "k")
    found.earlier = journal.done([earlier, *found.steps], 2.0)
    assert settle(found).disorder == 0


def test_an_event_behind_one_that_was_posted_after_its_answer_is_out_of_order() -> None:
    found = right()
    found.topics["calls.v1"].reverse()
    for offset, one in enumerate(found.topics["calls.v1"]):
        found.topics["calls.v1"][offset] = seen("calls.v1", offset, one.event)
    assert settle(found).disorder == 1
    found.posted[1] = replace(found.posted[1], began=1.05)  # side by side: no order is owed
    assert settle(found).disorder == 0


def test_poison_that_is_not_parked_has_vanished() -> None:
    assert settle(right(), {("matcher", "calls.v1/0/9")}).lost == 1


def test_a_session_under_another_tenant_is_told() -> None:
    found = right()
    found.records["agencybbb", S] = {"legs": []}
    assert any("strayed" in fault for fault in settle(found).faults)


def test_a_card_behind_its_successor_is_counted_and_no_fault() -> None:
    found = right()
    found.topics["insights.v1"].reverse()
    verdict: Verdict = settle(found)
    assert verdict.stale == 1
    assert not verdict.red
