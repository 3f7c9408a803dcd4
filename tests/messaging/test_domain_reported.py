"""What the provider says, in whatever order, told once and merged to one end."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from libs.common.events import Event, MessageStatus, SmsFailed, SmsSent, SmsUnconfirmed
from services.messaging.domain import reported
from services.messaging.domain.message import UNANSWERED, Message
from services.messaging.domain.outcome import Answer
from services.messaging.domain.reported import Particulars
from tests.messaging.given import NOON


def message(state: str = "sending", **said: Any) -> Message:
    known = {"id": "m", "direction": "out", "subject": "s", "party": b"", "created_at": NOON}
    return Message(**{**known, "state": state, "ref": "r", "attempt": 1, "first_at": NOON, **said})


def receipt(status: str, seconds: float = 0, **said: Any) -> MessageStatus:
    at = NOON + timedelta(seconds=seconds)
    return MessageStatus(**{"message_id": "p-1", "occurred_at": at, "status": status, **said})


def after(start: Message, *receipts: MessageStatus) -> tuple[Message, list[Event]]:
    """The message after these receipts, and what was told."""
    told: list[Event] = []
    for one in receipts:
        step = reported.receipt(start, one)
        start = message(**{name: step.fields.get(name, getattr(start, name)) for name in FIELDS})
        told += step.facts
    return start, told


FIELDS = ("state", "provider_id", "code", "cost", "currency", "parts")


@pytest.mark.parametrize("state", sorted(UNANSWERED))
def test_every_order_of_receipts_ends_the_same_and_tells_each_thing_once(state: str) -> None:
    facts = [
        receipt("queued"),
        receipt("sent", 1, cost="0.01", currency="USD", parts=2),
        receipt("delivery_failed", 2, errors=("40008",)),
        receipt("delivered", 3),
    ]
    for order in permutations(facts):
        end, told = after(message(state), *order, *order)
        assert (end.state, end.provider_id, end.cost) == ("delivered", "p-1", "0.01")
        kinds = [type(one).__name__ for one in told]
        assert kinds.count("SmsSent") == kinds.count("SmsDelivered") == 1
        assert kinds[0] == "SmsSent"
        assert kinds.count("SmsFailed") <= 1


def test_a_network_that_cannot_confirm_is_told_as_that() -> None:
    end, told = after(message(), receipt("delivery_unconfirmed"))
    assert (end.state, end.code) == ("unconfirmed", "no_receipt")
    assert [type(one) for one in told] == [SmsSent, SmsUnconfirmed]


def test_a_failure_has_the_gravest_code() -> None:
    _, told = after(message("accepted"), receipt("sending_failed", errors=("40008", "40300")))
    (failed,) = told
    assert isinstance(failed, SmsFailed)
    assert (failed.code, failed.provider_code) == ("recipient_stopped", "40300")
    _, told = after(message("accepted"), receipt("expired"))
    assert [one.code for one in told if isinstance(one, SmsFailed)] == ["provider_refused"]


def test_a_receipt_is_waited_for_as_long_as_the_message_is_valid_and_an_hour() -> None:
    said = receipt("sent")
    assert reported.receipt(message(), said).due == NOON + timedelta(hours=2)
    valid = message(valid_until=NOON + timedelta(hours=5))
    assert reported.receipt(valid, said).due == NOON + timedelta(hours=6)
    told = Particulars(valid_until=NOON + timedelta(hours=3))
    step = reported.answer(message(), Answer(200, (), "p-1"), told, NOON)
    assert step.due == NOON + timedelta(hours=4)


def test_a_failure_is_told_by_the_receipt_that_says_it_first() -> None:
    said = receipt("sending_failed", errors=("40008", "40010"))
    step = reported.receipt(message("accepted"), said)
    failure = reported.refusal(step, said)
    assert failure is not None
    assert (failure.code, failure.whose) == ("sender_blocked", "sender")
    assert reported.refusal(reported.receipt(message("failed"), said), said) is None
    delivered = receipt("delivered")
    assert reported.refusal(reported.receipt(message(), delivered), delivered) is None


HELD, SLOW = Answer(400, ("40020",)), Answer(429, ("10011",))
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("kind", "answer", "age", "state", "code"),
    [
        ("service", HELD, 0 * HOUR, "queued", "held_back"),
        ("promotional", HELD, HOUR, "queued", "held_back"),
        ("one_time_code", HELD, 0 * HOUR, "failed", "held_back"),
        ("confirmation", HELD, 0 * HOUR, "failed", "held_back"),
        ("service", HELD, DAY, "failed", "held_back"),  # a second time
        ("service", SLOW, HOUR, "failed", "sent_too_fast"),
        ("service", SLOW, DAY, "queued", "sent_too_fast"),
        ("service", SLOW, DAY + 2 * HOUR, "failed", "sent_too_fast"),
    ],
)
def test_a_hold_is_waited_for_once_and_then_there_is_another_hour(
    kind: str, answer: Answer, age: timedelta, state: str, code: str
) -> None:
    step = reported.answer(message(message_class=kind), answer, Particulars(), NOON + age)
    assert (step.state, step.fields["code"]) == (state, code)
    if step.fields["code"] == "held_back" and state == "queued":
        assert step.due == NOON + age + DAY


@pytest.mark.parametrize(
    ("answer", "rest"),
    [
        (Answer(429, ("10011",)), timedelta(seconds=2)),
        (Answer(429), timedelta(minutes=1)),
        (Answer(401, ("10009",)), None),  # a setback
        (Answer(403), timedelta(minutes=1)),
        (Answer(403, ("40300",)), None),
        (Answer(429, ("40333",)), None),
        (Answer(400, ("40020",)), timedelta(hours=24)),
        (Answer(400, ("40310",)), None),
        (Answer(200, (), "p-1"), None),
        (Answer(None, trouble="connect"), None),
    ],
)
def test_a_sender_rests_after_what_came_too_fast(answer: Answer, rest: timedelta | None) -> None:
    assert reported.rest(answer) == rest
