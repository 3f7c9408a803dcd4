"""HTTP out: one request, whatever comes of it, and the provider's own log."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.messaging.clients import Away, Letter, Provider
from services.messaging.domain.outcome import Answer
from services.messaging.domain.reported import Particulars
from tests.messaging.given import NOON, Time
from tests.messaging.provider import Telnyx, accepted, refused, shown

REF = "0f6b21d3a9574c1db8e00f6b21d3a957"
LEASE = timedelta(seconds=30)
LETTER = Letter(REF, "+12125550199", "+12125550123", "Hello", None, NOON + LEASE)


async def sent(*answers: Any) -> tuple[Answer, Particulars]:
    provider = Telnyx(*answers).provider()
    try:
        return await provider.send(LETTER)
    finally:
        await provider.close()


async def test_a_request_carries_its_name_and_its_key() -> None:
    seen: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return accepted()

    transport = httpx.MockTransport(take)
    provider = Provider("http://telnyx.test/", "KEY0123", "https://hooks.test/telnyx", transport)
    answer, told = await provider.send(LETTER)
    (request,) = seen
    assert str(request.url) == "http://telnyx.test/v2/messages"
    assert request.headers["Authorization"] == "Bearer KEY0123"
    assert request.headers["Idempotency-Key"] == REF
    body = json.loads(request.content)
    assert body["webhook_url"] == f"https://hooks.test/telnyx?ref={REF}"
    assert "messaging_profile_id" not in body
    assert answer == Answer(200, (), "p-1")
    assert told == Particulars(1, "0.0140", "USD", NOON.replace(hour=17))


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (httpx.ConnectError("no"), "connect"),
        (httpx.ConnectTimeout("no"), "connect"),
        (httpx.PoolTimeout("no"), "connect"),
        (httpx.ReadTimeout("no"), "lost"),
        (httpx.WriteTimeout("no"), "lost"),
        (httpx.ReadError("no"), "lost"),
        (httpx.RemoteProtocolError("no"), "lost"),
        (httpx.DecodingError("no"), "lost"),
        (TimeoutError(), "lost"),
    ],
)
async def test_trouble_is_an_answer(error: Exception, trouble: str) -> None:
    assert await sent(error) == (Answer(None, trouble=trouble), Particulars())  # type: ignore[arg-type]


@pytest.mark.parametrize(("age", "posted"), [(9.9, 1), (10, 1), (10.1, 0), (1200, 0)])
async def test_a_letter_is_not_posted_when_its_lease_may_end_before_the_answer(
    time: Time, age: float, posted: int
) -> None:
    telnyx = Telnyx()
    time.pass_(age)
    answer, told = await telnyx.provider().send(LETTER)
    assert len(telnyx.log) == posted
    if not posted:
        assert (answer, told) == (Answer(None, trouble="late"), Particulars())


async def test_errors_are_told_by_their_codes() -> None:
    assert (await sent(refused(429, "10011", "40333")))[0] == Answer(429, ("10011", "40333"))
    assert (await sent(httpx.Response(502, text="<html>")))[0] == Answer(502)
    assert (await sent(httpx.Response(200, json=[1])))[0] == Answer(200)


async def test_receipts_of_one_attempt_come_in_their_order(time: Any) -> None:
    telnyx = Telnyx()
    telnyx.delivered(REF, "delivered")
    time.pass_(-1)
    telnyx.delivered(REF, "sent")
    telnyx.delivered("another", "sent")
    telnyx.deliveries += [{}, {"webhook": None}, {"webhook": {"payload": {"webhook_url": 1}}}]
    found = await telnyx.provider().receipts(REF, NOON)
    assert [(one.status, one.reference) for one in found] == [("sent", REF), ("delivered", REF)]
    (url,) = telnyx.looks
    assert dict(url.params) == {
        "filter[started_at][gte]": "2026-06-01T16:00:00.000Z",
        "filter[webhook][contains]": REF,
        "page[size]": "250",
    }


async def test_a_message_is_shown_as_the_provider_has_it() -> None:
    telnyx = Telnyx()
    telnyx.messages["p-1"] = shown("p-1", "delivery_failed", errors=[{"code": "40008"}])
    provider = telnyx.provider()
    found = await provider.message("p-1", REF)
    assert found is not None
    assert (found.message_id, found.reference, found.status) == ("p-1", REF, "delivery_failed")
    assert (found.errors, found.cost, found.occurred_at) == (("40008",), "0.0140", NOON)
    assert await provider.message("p-2", REF) is None


async def test_a_provider_that_does_not_answer_is_away() -> None:
    telnyx = Telnyx()
    telnyx.away = True
    with pytest.raises(Away, match="503"):
        await telnyx.provider().message("p-1", None)

    def silent(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("no")

    transport = httpx.MockTransport(silent)
    provider = Provider("http://telnyx.test", "KEY0123", "https://hooks.test", transport)
    with pytest.raises(Away, match="does not answer"):
        await provider.receipts(REF, NOON)
