import asyncio
from datetime import timedelta

import httpx
import pytest

from deploy.simulator.messages.idempotency import Keys
from tests.simulator.support import MESSAGE, Clock, Target, code_of, log, order, post, simulator


async def test_a_repeated_request_is_answered_again_and_not_sent_again(
    telnyx: httpx.AsyncClient, target: Target, clock: Clock
) -> None:
    first = await post(telnyx, "key-1")
    clock.pass_(timedelta(hours=23).total_seconds())
    second = await post(telnyx, "key-1")
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert target.types == ["message.sent", "message.finalized"]
    made = first.json()["data"]["id"]
    assert [
        (entry["accepted"], entry["replayed"], entry["provider_id"]) for entry in await log(telnyx)
    ] == [(True, False, made), (False, True, made)]


async def test_after_a_day_it_is_a_new_request(telnyx: httpx.AsyncClient, clock: Clock) -> None:
    first = await post(telnyx, "key-1")
    clock.pass_(timedelta(hours=24).total_seconds())
    second = await post(telnyx, "key-1")
    assert first.json()["data"]["id"] != second.json()["data"]["id"]


async def test_without_a_key_every_request_is_new(telnyx: httpx.AsyncClient) -> None:
    assert (await post(telnyx)).content != (await post(telnyx)).content


async def test_another_body_is_refused(telnyx: httpx.AsyncClient) -> None:
    await post(telnyx, "key-1")
    assert code_of(await post(telnyx, "key-1", text="Another text.")) == (422, "10015")


async def test_the_body_is_compared_by_its_bytes(telnyx: httpx.AsyncClient) -> None:
    await post(telnyx, "key-1")
    turned = dict(reversed(MESSAGE.items()))
    headers = {"idempotency-key": "key-1"}
    answer = await telnyx.post("/v2/messages", json=turned, headers=headers)
    assert code_of(answer) == (422, "10015")


async def test_the_query_belongs_to_the_request(telnyx: httpx.AsyncClient) -> None:
    await post(telnyx, "key-1")
    headers = {"idempotency-key": "key-1"}
    answer = await telnyx.post("/v2/messages?a=1", json=MESSAGE, headers=headers)
    assert code_of(answer) == (422, "10015")


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "ключ".encode().decode("latin-1"), "a.b"])
async def test_a_malformed_key(telnyx: httpx.AsyncClient, key: str) -> None:
    headers = [(b"idempotency-key", key.encode("latin-1"))]
    answer = await telnyx.post("/v2/messages", json=MESSAGE, headers=headers)
    assert code_of(answer) == (400, "10015")


async def test_two_keys(telnyx: httpx.AsyncClient) -> None:
    headers = [("idempotency-key", "a"), ("idempotency-key", "b")]
    answer = await telnyx.post("/v2/messages", json=MESSAGE, headers=headers)
    assert code_of(answer) == (400, "10015")


async def test_only_successes_are_replayed(telnyx: httpx.AsyncClient) -> None:
    assert (await post(telnyx, "key-1", text="")).status_code == 400
    assert (await post(telnyx, "key-1")).status_code == 200


async def test_a_success_that_turned_into_a_bad_gateway_is_sent_again(
    telnyx: httpx.AsyncClient,
) -> None:
    await order(telnyx, {"way": "bad_gateway_after_accept", "count": 1})
    assert [(await post(telnyx, "key-1")).status_code for _ in range(2)] == [502, 200]
    assert [entry["accepted"] for entry in await log(telnyx)] == [True, True]


async def test_a_request_in_progress(clock: Clock) -> None:
    sent = asyncio.Event()

    class Noting(Target):
        def handle(self, request: httpx.Request) -> httpx.Response:
            sent.set()
            return super().handle(request)

    async with simulator(Noting(), clock) as telnyx:
        await order(telnyx, {"way": "slow", "seconds": 60, "count": 1})
        first = asyncio.create_task(post(telnyx, "key-1"))
        await sent.wait()
        assert code_of(await post(telnyx, "key-1")) == (409, "10015")
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first


def test_a_request_that_failed_leaves_nothing_behind() -> None:
    keys = Keys(Clock().now)
    assert keys.begin("key-1", b"{}") is None
    keys.settle("key-1", None)
    assert keys.begin("key-1", b"other") is None
