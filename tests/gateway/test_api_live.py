import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from httpx_sse import EventSource, ServerSentEvent

from libs.common import clock, telemetry
from libs.common.events import (
    CallEnded,
    CallMatched,
    CallStarted,
    ConsentChanged,
    CustomerSaved,
    Envelope,
    Event,
    MessageMatched,
    SmsBlocked,
    SmsReceived,
    enclose,
)
from libs.common.events.sms import Sms
from services.gateway import jobs
from services.gateway.api import live as api
from services.gateway.domain.roles import Role
from services.gateway.domain.session import IDLE
from services.gateway.domain.streams import Places, Streams
from tests.gateway.house import AT, ONE, TWO, House, problem, served
from tests.gateway.programs import issued

PARENT = f"00-{'c' * 32}-{'d' * 16}-01"
NUMBER = "+12025550143"


def started(call: str = "ses_1") -> CallStarted:
    return CallStarted(
        session_id=call, leg_id="leg_1", occurred_at=AT, direction="incoming", started_at=AT,
        party=NUMBER, party_kind="number",
    )  # fmt: skip


def ended(call: str = "ses_1") -> CallEnded:
    return CallEnded(
        session_id=call, leg_id="leg_1", occurred_at=AT, ended_at=AT, cause="normal", source="x"
    )


def happens(house: House, tenant: str, id: str, fact: Event) -> Envelope:  # noqa: A002
    at = AT + timedelta(minutes=int(id.removeprefix("evt_")) - 1)
    envelope = enclose(fact, tenant, id=id, source="ingest", time=at)
    envelope = envelope.model_copy(update={"traceparent": PARENT})
    house.desk.live.put(tenant, jobs.moment_of(envelope), clock.now())
    return envelope


class Screen:
    """An agent's page: reads one stream."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._events = EventSource(response).aiter_sse()

    async def next(self) -> ServerSentEvent:
        async with asyncio.timeout(5):
            return await anext(self._events)

    async def ends(self) -> bool:
        async with asyncio.timeout(5):
            return [event async for event in self._events] == []


@pytest.fixture
async def url(house: House) -> AsyncIterator[str]:
    async with served(house.front) as url:
        yield url
        house.desk.live.close()


@asynccontextmanager
async def screen(url: str, client: httpx.AsyncClient, **headers: str) -> AsyncIterator[Screen]:
    sent = {"Cookie": f"sid={client.cookies['sid']}", **headers}
    async with (
        httpx.AsyncClient(base_url=url, headers=sent) as browser,
        browser.stream("GET", "/v1/live") as response,
    ):
        assert response.status_code == 200
        yield Screen(response)


async def test_a_call_shows_as_it_happens(house: House, url: str) -> None:
    agent = await house.signed_in(ONE, Role.AGENT)
    async with screen(url, agent) as page:
        assert page.response.headers["content-type"].startswith("text/event-stream")
        assert page.response.headers["cache-control"] == "no-store"
        assert page.response.headers["x-accel-buffering"] == "no"
        first = await page.next()
        assert (first.event, first.json()) == ("snapshot", {"events": []})
        assert first.retry is not None
        happens(house, ONE, "evt_1", started())
        event = await page.next()
    assert (event.event, event.id) == ("call.started", "evt_1")
    shown = event.json()
    assert set(shown) == {"id", "type", "time", "data"}
    assert (shown["id"], shown["time"]) == ("evt_1", "2026-05-19T12:00:00.000Z")
    assert shown["data"]["party"] == NUMBER
    assert ONE not in event.data


ABOUT_MESSAGES = (
    SmsReceived(message_id="msg_1", subject="0a1b", occurred_at=AT, keyword="stop"),
    SmsBlocked(
        message_id="msg_2", subject="0a1b", occurred_at=AT, message_class="promotional",
        purpose="marketing", code="withdrawn",
    ),
    MessageMatched(message_id="msg_1", subject="0a1b", outcome="unknown"),
    ConsentChanged(subject="0a1b", version=2, suppressed=True, changed_at=AT),
)  # fmt: skip


@pytest.mark.parametrize("fact", ABOUT_MESSAGES, ids=lambda fact: fact.TYPE)
async def test_messages_and_consent_show_and_are_no_calls(
    house: House, url: str, fact: Event
) -> None:
    agent = await house.signed_in(ONE, Role.AGENT)
    async with screen(url, agent) as page:
        await page.next()
        happens(house, TWO, "evt_1", fact)
        happens(house, ONE, "evt_2", fact)
        event = await page.next()
    assert (event.event, event.id) == (fact.TYPE, "evt_2")
    assert event.json()["data"]["subject"] == "0a1b"
    async with screen(url, agent) as late:
        assert (await late.next()).json() == {"events": []}


def test_an_event_is_a_calls_if_it_names_the_session() -> None:
    assert {
        "call.started", "call.answered", "call.ended", "call.costed", "call.matched",
        "insight.produced",
    } == jobs.showing.CALL_TYPES  # fmt: skip
    followed = {kind.TYPE for kind in jobs.SHOWN}
    assert {kind.TYPE for kind in Sms.__subclasses__()} < followed


async def test_who_comes_late_gets_the_open_calls(house: House, url: str) -> None:
    agent = await house.signed_in(ONE, Role.AGENT)
    happens(house, ONE, "evt_1", started("ses_1"))
    happens(house, ONE, "evt_2", CallMatched(session_id="ses_1", outcome="unknown"))
    happens(house, ONE, "evt_3", started("ses_2"))
    happens(house, ONE, "evt_4", ended("ses_2"))
    async with screen(url, agent) as page:
        snapshot = await page.next()
    assert [event["id"] for event in snapshot.json()["events"]] == ["evt_1", "evt_2"]
    assert snapshot.id == "evt_4"


async def test_who_comes_back_goes_on_where_they_were(house: House, url: str) -> None:
    agent = await house.signed_in(ONE, Role.AGENT)
    for n in range(1, 5):
        happens(house, ONE, f"evt_{n}", started(f"ses_{n}"))
    async with screen(url, agent, **{"Last-Event-ID": "evt_2"}) as page:
        assert [(await page.next()).id for _ in range(2)] == ["evt_3", "evt_4"]
        happens(house, ONE, "evt_4", started("ses_4"))
        happens(house, ONE, "evt_5", CustomerSaved(customer_id="cus_1", version=1, subjects=()))
        assert (await page.next()).event == "customer.saved"
    async with screen(url, agent, **{"Last-Event-ID": "evt_0"}) as page:
        assert (await page.next()).event == "snapshot"


async def test_another_agencys_calls_do_not_show(house: House, url: str) -> None:
    one, two = await house.signed_in(ONE), await house.signed_in(TWO)
    happens(house, TWO, "evt_1", started())
    async with screen(url, one) as mine, screen(url, two) as theirs:
        assert (await mine.next()).json() == {"events": []}
        assert len((await theirs.next()).json()["events"]) == 1
        happens(house, TWO, "evt_2", ended())
        happens(house, ONE, "evt_3", started())
        assert (await theirs.next()).id == "evt_2"
        assert (await mine.next()).id == "evt_3"
    async with screen(url, one, **{"Last-Event-ID": "evt_2"}) as page:
        snapshot = await page.next()
        assert (snapshot.event, len(snapshot.json()["events"])) == ("snapshot", 1)


async def test_the_stream_ends_with_the_session(
    house: House, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "CHECK_SECONDS", 0.05)
    agent = await house.signed_in(ONE, Role.AGENT)
    async with screen(url, agent) as page:
        await page.next()
        await agent.delete("/v1/session")
        assert await page.ends()
    assert house.desk.live.listening() == 0


async def test_the_stream_of_a_program_ends_with_its_key(
    house: House, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "CHECK_SECONDS", 0.05)
    made, admin = await issued(house, "live:read"), await house.signed_in()
    key = {"Authorization": f"Bearer {made['key']}"}
    async with (
        httpx.AsyncClient(base_url=url, headers=key) as program,
        program.stream("GET", "/v1/live") as response,
    ):
        assert response.status_code == 200
        assert "ratelimit" in response.headers
        page = Screen(response)
        await page.next()
        happens(house, ONE, "evt_1", started())
        assert (await page.next()).event == "call.started"
        await admin.delete(f"/v1/keys/{made['id']}")
        assert await page.ends()
    assert house.desk.live.listening() == 0
    ((_, note),) = [(t, n) for t, n in house.units.noted if n.object == "live"]
    assert (note.action, note.actor) == ("access.read", f"key:{made['id']}")


async def test_nobody_has_all_the_streams_there_are(house: House, url: str) -> None:
    house.desk.streams = Streams(Places(user=1, tenant=2))
    agent, other = [await house.signed_in(ONE, Role.AGENT) for _ in range(2)]
    async with screen(url, agent) as page:
        await page.next()
        refused = await agent.get("/v1/live")
        assert (refused.status_code, problem(refused)) == (429, "too_many_streams")
        assert refused.headers["retry-after"] == "15"
        async with screen(url, other) as page:
            await page.next()
    async with asyncio.timeout(5):
        while len(house.desk.streams):
            await asyncio.sleep(0.01)
    async with screen(url, agent) as page:
        assert (await page.next()).event == "snapshot"
    notes = [note for _, note in house.units.noted if note.object == "live"]
    assert len(notes) == 3


async def test_an_idle_session_ends_and_an_open_stream_is_no_idleness(
    house: House,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    at: Callable[[datetime], None],
) -> None:
    monkeypatch.setattr(api, "CHECK_SECONDS", 0.02)
    agent = await house.signed_in(ONE, Role.AGENT)
    async with screen(url, agent) as page:
        await page.next()
        at(AT + IDLE - timedelta(seconds=1))
        while not any(s.seen_at > AT for s in house.data.sessions.values()):
            await asyncio.sleep(0.01)
        at(AT + IDLE + timedelta(minutes=29))
        happens(house, ONE, "evt_1", started())
        assert (await page.next()).id == "evt_1"
        at(AT + 3 * IDLE)
        assert await page.ends()


async def test_the_stream_ends_with_the_process(house: House, url: str) -> None:
    agent = await house.signed_in(ONE, Role.AGENT)
    job = asyncio.ensure_future(jobs.forget(house.desk.live)(house.running))
    async with screen(url, agent) as page:
        await page.next()
        house.running.stopping.set()
        assert await page.ends()
    await job


async def test_who_does_not_keep_up_is_sent_away(house: House) -> None:
    me: Any = await visitor(house)
    stream = api._Stream(house.desk, me)
    events = stream.events(None)
    assert b"event: snapshot\n" in await anext(events)
    for n in range(api.MOST_UNREAD + 1):
        happens(house, ONE, f"evt_{n}", started())
    assert [event async for event in events] == []
    assert house.desk.live.listening() == 0


async def test_what_came_together_goes_out_in_one_piece_and_before_the_end(house: House) -> None:
    me: Any = await visitor(house)
    events = api._Stream(house.desk, me).events(None)
    assert b"event: snapshot\n" in await anext(events)
    for n in range(3):
        happens(house, ONE, f"evt_{n}", started())
    house.desk.live.close()
    pieces = [piece async for piece in events]
    assert [line for piece in pieces for line in piece.splitlines() if line[:3] == b"id:"] == [
        b"id: evt_0", b"id: evt_1", b"id: evt_2",
    ]  # fmt: skip
    assert len(pieces) == 1


async def test_the_store_may_be_away_for_a_while(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    me: Any = await visitor(house)

    def away(_: str) -> Any:
        raise TimeoutError

    monkeypatch.setattr(api, "is_outage", lambda error: isinstance(error, TimeoutError))
    monkeypatch.setattr(house.units, "read", away)
    assert await api._holds(house.desk, me) is True


async def test_each_write_belongs_to_the_trace_of_its_event(
    house: House, url: str, tmp_path: Path
) -> None:
    agent = await house.signed_in(ONE, Role.AGENT)
    telemetry.setup("gateway", spans_file=tmp_path / "spans", otlp_endpoint=None)
    try:
        async with screen(url, agent) as page:
            await page.next()
            happens(house, ONE, "evt_1", started())
            await page.next()
            happens(house, ONE, "evt_2", ended())
            await page.next()
    finally:
        telemetry.shutdown()
    spans = [json.loads(line) for line in (tmp_path / "spans").read_text().splitlines()]
    (span,) = [span for span in spans if span["name"] == "sse call.started"]
    assert "c" * 32 in json.dumps(span)
    assert "d" * 16 in json.dumps(span)
    assert NUMBER not in (tmp_path / "spans").read_text()


async def visitor(house: House) -> Any:
    from services.gateway.api.access import visitor_with

    await house.signed_in(ONE)
    (session,) = house.data.sessions
    return await visitor_with(house.desk, session)
