import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from deploy.simulator.delivery import Courier, Rules
from deploy.simulator.payloads import Event
from services.ingest.domain.signature import PublicKey, verify
from tests.simulator.support import FAILOVER, SIGNER, TARGET, Clock, Target

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVENT = Event("3b7c", "call.answered", AT, {})


def courier(target: Target, *urls: str) -> Courier:
    client = httpx.AsyncClient(transport=httpx.MockTransport(target.handle))
    return Courier(client, SIGNER, Rules(urls or (TARGET,), pauses=()), Clock().now)


@pytest.mark.parametrize(
    ("answers", "statuses"),
    [
        ([200], [200]),
        ([204], [204]),
        ([503, 200], [503, 200]),
        ([None, 429, 200], [None, 429, 200]),
        ([500, 408, None, 200], [500, 408, None]),
        ([401, 200], [401]),
        ([404, 200], [404]),
        ([413, 200], [413]),
    ],
)
async def test_what_is_tried_again(answers: list[int | None], statuses: list[int | None]) -> None:
    delivery = await courier(Target(answers)).deliver(EVENT)
    assert [attempt.status for attempt in delivery.attempts] == statuses
    assert delivery.delivered is (statuses[-1] in {200, 204})


async def test_attempts_are_counted_and_signed_each_for_itself() -> None:
    target = Target([503, 503])
    await courier(target).deliver(EVENT)
    assert [body["meta"] for body in target.bodies] == [
        {"attempt": number, "delivered_to": TARGET} for number in (1, 2, 3)
    ]
    assert {body["data"]["id"] for body in target.bodies} == {"3b7c"}
    for request in target.requests:
        verify(request.headers.raw, request.content, [PublicKey.of(SIGNER.public)], Clock().at)


async def test_the_failover_follows_three_tries() -> None:
    target = Target([503, 503, 503])
    delivery = await courier(target, TARGET, FAILOVER).deliver(EVENT)
    assert [attempt.url for attempt in delivery.attempts] == [TARGET] * 3 + [FAILOVER]
    assert [attempt.attempt for attempt in delivery.attempts] == [1, 2, 3, 4]
    assert delivery.delivered


async def test_a_final_refusal_does_not_reach_the_failover() -> None:
    delivery = await courier(Target([401]), TARGET, FAILOVER).deliver(EVENT)
    assert [attempt.url for attempt in delivery.attempts] == [TARGET]


async def test_a_target_that_does_not_answer_in_time_is_silent() -> None:
    async def never(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    client = httpx.AsyncClient(transport=httpx.MockTransport(never))
    rules = Rules((TARGET,), timeout=0.01, pauses=())
    delivery = await Courier(client, SIGNER, rules, Clock().now).deliver(EVENT)
    assert [attempt.status for attempt in delivery.attempts] == [None, None, None]


async def test_the_log_is_bounded() -> None:
    sender = courier(Target())
    assert sender.log.maxlen == 20_000
