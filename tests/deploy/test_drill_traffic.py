"""The webhooks of a drill: what they promise is what they say, and chance can be repeated."""

import json
import random
from itertools import islice

from deploy.drill.traffic import (
    CUSTOMERS,
    Line,
    Webhook,
    call,
    customer_number,
    customers_file,
    stream,
    with_id,
)

LINES = [Line("agencyaaa", "+12025550131", "11"), Line("agencybbb", "+12025550132", "12")]


def shape(seed: int) -> list[tuple[str, int]]:
    return [(w.kind, w.copies) for sequence in islice(stream(seed, LINES), 200) for w in sequence]


def test_the_seed_repeats_kinds_and_copies() -> None:
    assert shape(3) == shape(3) != shape(4)


def test_a_tenth_is_doubled_and_a_little_is_poison() -> None:
    kinds = shape(1)
    doubled = sum(copies > 1 for _, copies in kinds)
    poison = sum(kind.startswith("poison") for kind, _ in kinds)
    assert 0.05 < doubled / len(kinds) < 0.15
    assert 0.005 < poison / len(kinds) < 0.04


def test_a_call_is_three_events_of_one_session() -> None:
    events = call(random.Random(1), LINES[0])
    assert [e.kind for e in events] == ["call.initiated", "call.answered", "call.hangup"]
    assert len({e.session for e in events}) == 1
    assert all(json.loads(e.body)["data"]["id"] == e.id for e in events)


def test_another_id_is_the_same_event_otherwise() -> None:
    one = call(random.Random(1), LINES[0])[0]
    other: Webhook = with_id(one, "chosen-id")
    assert json.loads(other.body)["data"]["id"] == other.id == "chosen-id"
    assert other.expected == one.expected


def test_every_customer_has_a_number_of_their_own() -> None:
    assert len({customer_number(index) for index in range(CUSTOMERS)}) == CUSTOMERS
    assert customers_file("agencyaaa").count(b"\n") == CUSTOMERS + 1
