"""The provider's own SDK as a client of the stand-in, over a real connection."""

from collections.abc import Iterator

import httpx
import pytest
import telnyx
from telnyx import Telnyx
from telnyx.types import OutboundMessagePayload

from deploy.simulator.messages.carrier import Terms
from tests.simulator.serving import Inbox, serving
from tests.simulator.support import API_KEY, CUSTOMER, OURS, PROFILE, RECEIPTS

ANSWERING = Terms(API_KEY, autoresponses=True, delays=(0, 0))


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def line(inbox: Inbox) -> Iterator[httpx.Client]:
    with serving(inbox, ANSWERING) as client:
        yield client


@pytest.fixture
def sdk(line: httpx.Client) -> Iterator[Telnyx]:
    with Telnyx(api_key=API_KEY, base_url=str(line.base_url.join("/v2")), max_retries=0) as client:
        yield client


def send(sdk: Telnyx, text: str = "مرحبا", key: str = "key-1") -> OutboundMessagePayload:
    answer = sdk.messages.send(
        from_=OURS,
        to=CUSTOMER,
        text=text,
        type="SMS",
        messaging_profile_id=PROFILE,
        webhook_url=RECEIPTS,
        use_profile_webhooks=False,
        idempotency_key=key,
    )
    assert answer.data is not None
    return answer.data


def test_it_sends_and_reads_back(sdk: Telnyx, inbox: Inbox) -> None:
    made = send(sdk)
    assert (made.encoding, made.parts, made.text) == ("UCS-2", 1, "مرحبا")
    assert made.cost is not None
    assert (made.cost.amount, made.cost.currency) == ("0.0140", "USD")
    assert [inbox.next()["payload"]["id"] for _ in range(2)] == [made.id, made.id]
    read = sdk.messages.retrieve(str(made.id)).data
    assert isinstance(read, OutboundMessagePayload)
    assert read.to is not None
    assert (read.to[0].phone_number, read.to[0].status) == (CUSTOMER, "delivered")


def test_a_repeated_key_sends_once(sdk: Telnyx) -> None:
    assert send(sdk) == send(sdk)
    with pytest.raises(telnyx.UnprocessableEntityError):
        send(sdk, "Something else")


def test_it_finds_what_became_of_the_webhooks(sdk: Telnyx, inbox: Inbox) -> None:
    made = [send(sdk, key=f"key-{number}").id for number in range(3)]
    for _ in range(6):
        inbox.next()
    page = sdk.webhook_deliveries.list(
        filter={"status": {"eq": "delivered"}, "started_at": {"gte": "2026-11-22T12:00:00Z"}},
        page_size=2,
    )
    found = [one for one in page if one.webhook and one.webhook.event_type == "message.sent"]
    ids = [one.webhook.payload["id"] for one in found if one.webhook and one.webhook.payload]
    assert sorted(map(str, ids)) == sorted(map(str, made))
    assert found[0].attempts is not None
    assert found[0].attempts[0].http is not None
    assert found[0].attempts[0].http.request is not None
    assert found[0].attempts[0].http.request.url == RECEIPTS


def test_it_lists_who_has_stopped(sdk: Telnyx, line: httpx.Client) -> None:
    order = {"from": CUSTOMER, "to": OURS, "text": "STOP", "messaging_profile_id": PROFILE}
    line.post("/texts", json=order).raise_for_status()
    (block,) = sdk.messaging_optouts.list(filter={"messaging_profile_id": PROFILE})
    assert (block.from_, block.to, block.keyword) == (OURS, CUSTOMER, "STOP")
    with pytest.raises(telnyx.PermissionDeniedError, match="40300"):
        send(sdk)


def test_its_errors_are_those_of_the_sdk(sdk: Telnyx, line: httpx.Client) -> None:
    with pytest.raises(telnyx.NotFoundError):
        sdk.messages.retrieve("unknown")
    with pytest.raises(telnyx.BadRequestError, match="40316"):
        send(sdk, "")
    with (
        Telnyx(api_key="wrong", base_url=str(sdk.base_url), max_retries=0) as stranger,
        pytest.raises(telnyx.AuthenticationError),
    ):
        send(stranger)
    line.post("/texts/faults", json={"faults": [{"way": "rate_limited", "count": 1}]})
    with pytest.raises(telnyx.RateLimitError, match="10011"):
        send(sdk)
