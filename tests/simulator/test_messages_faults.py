from typing import Any

import httpx
import pytest

from tests.simulator.support import Target, code_of, log, order, post


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"way": "rate_limited"}, (429, "10011")),
        ({"way": "spend_limit"}, (429, "40333")),
        ({"way": "unpaid"}, (402, "10015")),
        ({"way": "profile_disabled"}, (403, "40312")),
        ({"way": "sender_not_registered"}, (403, "40010")),
        ({"way": "server_error"}, (500, "10007")),
        ({"way": "refused_code", "code": "40310"}, (400, "40310")),
        ({"way": "refused_code", "code": "49999", "status": 403}, (403, "49999")),
        ({"way": "refused_code"}, (400, "40003")),
    ],
)
async def test_a_refused_send_is_not_sent(
    telnyx: httpx.AsyncClient, target: Target, fault: dict[str, Any], expected: tuple[int, str]
) -> None:
    await order(telnyx, fault | {"count": 1})
    assert code_of(await post(telnyx, "key-1")) == expected
    assert target.requests == []
    (entry,) = await log(telnyx)
    assert (entry["answered"], entry["code"]) == expected
    assert (entry["way"], entry["accepted"]) == (fault["way"], False)
    assert (await post(telnyx, "key-1")).status_code == 200


async def test_a_rate_limit_tells_when_it_ends(telnyx: httpx.AsyncClient) -> None:
    await order(telnyx, {"way": "rate_limited", "count": 1})
    answer = await post(telnyx)
    assert {name: answer.headers[f"x-ratelimit-{name}"] for name in ("remaining", "reset")} == {
        "remaining": "0",
        "reset": "1",
    }


async def test_a_bad_gateway_has_sent_the_message(
    telnyx: httpx.AsyncClient, target: Target
) -> None:
    await order(telnyx, {"way": "bad_gateway_after_accept", "count": 1})
    answer = await post(telnyx)
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert target.types == ["message.sent", "message.finalized"]
    (entry,) = await log(telnyx)
    assert (entry["answered"], entry["accepted"]) == (502, True)
    assert entry["provider_id"] == target.payloads[0]["id"]


async def test_a_slow_one_is_sent_meanwhile(telnyx: httpx.AsyncClient, target: Target) -> None:
    await order(telnyx, {"way": "slow", "seconds": 0.01, "count": 1})
    assert (await post(telnyx)).status_code == 200
    assert target.types == ["message.sent", "message.finalized"]


async def test_a_bad_message_is_refused_whatever_would_befall_a_good_one(
    telnyx: httpx.AsyncClient, target: Target
) -> None:
    await order(telnyx, {"way": "bad_gateway_after_accept", "count": 1})
    assert code_of(await post(telnyx, text="")) == (400, "40316")
    assert target.requests == []


async def test_counted_faults_strike_in_their_order(telnyx: httpx.AsyncClient) -> None:
    await order(
        telnyx,
        {"way": "server_error", "count": 2},
        {"way": "rate_limited", "count": 1},
    )
    statuses = [(await post(telnyx)).status_code for _ in range(4)]
    assert statuses == [500, 500, 429, 200]
    shown = (await telnyx.get("/texts/faults")).json()
    assert [(one["fault"]["way"], one["struck"]) for one in shown] == [
        ("server_error", 2),
        ("rate_limited", 1),
    ]


async def test_an_order_takes_the_place_of_the_one_before(telnyx: httpx.AsyncClient) -> None:
    await order(telnyx, {"way": "server_error", "probability": 1})
    assert (await post(telnyx)).status_code == 500
    await order(telnyx)
    assert (await post(telnyx)).status_code == 200
    assert (await telnyx.get("/texts/faults")).json() == []


async def test_chance_is_repeatable(telnyx: httpx.AsyncClient) -> None:
    faults = [
        {"way": "server_error", "probability": 0.3},
        {"way": "bad_gateway_after_accept", "probability": 0.2},
    ]

    async def run(seed: int) -> list[int]:
        await order(telnyx, *faults, seed=seed)
        return [(await post(telnyx)).status_code for _ in range(40)]

    first = await run(7)
    assert await run(7) == first
    assert await run(8) != first
    assert set(first) == {200, 500, 502}


@pytest.mark.parametrize(
    "faults",
    [
        [{"way": "server_error"}],
        [{"way": "server_error", "probability": 0.5, "count": 1}],
        [{"way": "vanish", "count": 1}],
        [{"way": "slow", "count": 1}],
        [{"way": "refused_code", "code": "x", "count": 1}],
        [{"receipts": "torn", "count": 1}],
        [{"way": "slow", "probability": 0.6}, {"way": "server_error", "probability": 0.6}],
    ],
)
async def test_an_order_that_makes_no_sense(
    telnyx: httpx.AsyncClient, faults: list[dict[str, Any]]
) -> None:
    answer = await telnyx.post("/texts/faults", json={"faults": faults})
    assert answer.status_code == 422
