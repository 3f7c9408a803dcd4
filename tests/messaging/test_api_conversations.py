"""HTTP in: conversations, by person, number and page."""

from typing import Any

import httpx
import pytest

from libs.common.events import Candidate, MessageMatched, TenantSaved
from services.messaging.store import Store
from tests.messaging.given import (
    DAN,
    EVE,
    LINE,
    Time,
    agency_facts,
    asked,
    consent,
    send,
    subject,
    wrote,
)
from tests.support.http import Harness

FIND = "/v1/conversations:find"


@pytest.fixture
def client(house: Harness[Store], agency: TenantSaved) -> httpx.AsyncClient:
    return house.client(agency)


async def test_a_conversation_shows_both_sides_the_latest_first(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient, time: Time
) -> None:
    await house.take(wrote(house, agency, "Am I insured?"), agency)
    time.pass_(60)
    await send(house, agency, "personal", text="You are.")
    time.pass_(60)
    await client.post("/v1/messages", json=asked("promotional", text="Buy more!"))
    thread = (await client.get(f"/v1/conversations/{subject(house, agency)}")).json()
    assert [(one["direction"], one["state"], one["text"]) for one in thread["messages"]] == [
        ("out", "blocked", "Buy more!"),
        ("out", "queued", "You are."),
        ("in", "received", "Am I insured?"),
    ]
    latest = thread["messages"][0]
    assert (latest["class"], latest["code"], latest["line"]) == ("promotional", "no_consent", LINE)
    assert latest["sentence"]
    assert (thread["number"], thread["unanswered"], thread["stopped"]) == (DAN, 0, False)
    assert (thread["customer"], thread["next_cursor"]) == (None, None)


async def test_heads_tell_who_it_may_be_and_who_has_stopped(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient, time: Time
) -> None:
    await house.take(wrote(house, agency, "STOP", keyword="stop"), agency)
    time.pass_(60)
    await house.take(wrote(house, agency, number=EVE), agency)
    who = Candidate(customer_id="c-1", name="Dan Example", confidence=0.9, reasons=())
    match = MessageMatched(
        message_id="in-1", subject=subject(house, agency), outcome="matched", candidates=(who,)
    )
    await house.take(match, agency)
    page = (await client.get("/v1/conversations")).json()
    assert [(one["number"], one["stopped"], one["unanswered"]) for one in page["data"]] == [
        (EVE, False, 1),
        (DAN, True, 0),
    ]
    assert page["data"][1]["customer"] == {"id": "c-1", "name": "Dan Example"}
    assert page["data"][0]["last_at"] == "2026-06-01T16:01:00Z"


async def test_who_a_restricted_person_may_be_is_told_to_those_alone_who_decide(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    await house.take(wrote(house, agency), agency)
    code = subject(house, agency)
    who = Candidate(customer_id="c-1", name="Dan Example", confidence=0.9, reasons=())
    match = MessageMatched(message_id="in-1", subject=code, outcome="matched", candidates=(who,))
    await house.take(match, agency)

    async def read(reader: httpx.AsyncClient) -> list[str | None]:
        page = (await reader.get("/v1/conversations")).json()["data"]
        thread = (await reader.get(f"/v1/conversations/{code}")).json()
        found = (await reader.post("/v1/conversations:find", json={"number": DAN})).json()
        every = [*page, thread, found]
        assert [one["number"] for one in every] == [DAN] * 3
        return [one["customer"] and one["customer"]["name"] for one in every]

    decider = house.client(agency, scopes=[*house.scopes(), "privacy:decide"])
    assert await read(client) == ["Dan Example"] * 3
    await house.take(consent(house, agency, 1, restricted=True), agency)
    assert await read(client) == [None] * 3
    assert await read(decider) == ["Dan Example"] * 3
    await house.take(consent(house, agency, 2), agency)
    assert await read(client) == ["Dan Example"] * 3


async def test_lists_come_in_pages(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient, time: Time
) -> None:
    numbers = [f"+1212555010{number}" for number in range(5)]
    for number in numbers:
        await house.take(wrote(house, agency, number=number), agency)
        await house.take(wrote(house, agency, "Again", number=number), agency)
        time.pass_(1)
    found = await pages(client, "/v1/conversations", "data")
    assert [one["number"] for one in found] == numbers[::-1]
    path = f"/v1/conversations/{subject(house, agency, numbers[0])}"
    assert len(await pages(client, path, "messages")) == 2


async def pages(client: httpx.AsyncClient, path: str, part: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 1 if part == "messages" else 2}
    while True:
        page = (await client.get(path, params=query)).json()
        found += page[part]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


async def test_a_conversation_is_found_by_its_number(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    assert (await client.post(FIND, json={"number": DAN})).status_code == 404
    await house.take(wrote(house, agency), agency)
    head = (await client.post(FIND, json={"number": "(212) 555-0123"})).json()
    assert (head["subject"], head["number"]) == (subject(house, agency), DAN)
    assert "messages" not in head
    answer = await client.post(FIND, json={"number": "12"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/number")


async def test_a_foreign_conversation_answers_as_an_unknown_one(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    other = await house.open(**agency_facts())
    await house.take(wrote(house, other), other)
    foreign = await client.get(f"/v1/conversations/{subject(house, other)}")
    unknown = await client.get("/v1/conversations/nobody")
    assert (foreign.status_code, foreign.content) == (404, unknown.content)
    assert (await client.get("/v1/conversations")).json()["data"] == []
