"""A POST with an `Idempotency-Key` at the door: carried out once, answered the same again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from libs.common.events import ConsentChanged, CustomerRemoved, ErasureDone, Event, enclose
from libs.common.mongo import Work
from services.gateway import handlers
from services.gateway.domain.repeating import KEPT, LONGEST
from services.gateway.domain.routes import SERVICES
from services.gateway.store import Store
from tests.gateway.house import AT, ONE, TWO, House, problem, served
from tests.gateway.programs import given
from tests.support.orders import erasure

Happening = Callable[[Store, Work], Awaitable[None]]

K = {"Idempotency-Key": "k-1"}
KEY = {"name": "Policy system", "scopes": ["calls:read"]}
CUSTOMER = {"name": "Peregrina Saltmarsh"}
CANCEL = "/v1/messages/msg_1:cancel"
EXTEND = "/v1/privacy/requests/req_1:extend"


class Behind:
    """A service that counts what it is asked; `answer` is what it says, after `ready`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Callable[[], Response] = self.made
        self.ready = asyncio.Event()
        self.ready.set()
        self.app = Starlette(routes=[Route("/{path:path}", self.take, methods=["POST"])])

    async def take(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        await request.body()
        await self.ready.wait()
        return self.answer()

    def made(self) -> Response:
        headers = {"Location": "/v1/customers/cus_1", "ETag": '"3"'}
        return JSONResponse({"id": "cus_1", "n": len(self.asked)}, 201, headers)


@pytest.fixture
async def behind(house: House) -> AsyncIterator[Behind]:
    made = Behind()
    async with served(made.app) as url:
        house.desk.services._urls.update(dict.fromkeys(SERVICES.values(), url))
        yield made


def kept(house: House, tenant: str = ONE) -> list[dict[str, Any]]:
    """The rows, as they are stored."""
    rows: list[dict[str, Any]] = house.data.tables.table("answers", f"__{tenant}").all()
    return rows


async def test_a_service_is_asked_once_and_the_answer_is_the_same(
    house: House, behind: Behind
) -> None:
    admin = await house.signed_in()
    first = await admin.post("/v1/customers", json=CUSTOMER, headers=K)
    again = await admin.post("/v1/customers", json=CUSTOMER, headers=K)
    assert (again.status_code, again.content) == (201, first.content)
    for name in ("location", "etag", "content-type", "content-length"):
        assert again.headers[name] == first.headers[name]
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert len(behind.asked) == 1
    (row,) = kept(house)
    assert b"cus_1" not in row["sealed"]
    assert "k-1" not in str(row)
    reads = [note for _, note in house.units.noted if note.action == "access.read"]
    assert [(one.object, one.facts["operation"]) for one in reads] == [
        ("answer", "POST /v1/customers")
    ]


async def test_a_secret_that_is_shown_once_is_shown_to_who_lost_it(house: House) -> None:
    admin = await house.signed_in()
    first = await admin.post("/v1/keys", json=KEY, headers=K)
    again = await admin.post("/v1/keys", json=KEY, headers=K)
    assert again.json() == first.json()
    assert again.json()["key"].startswith("ink_live_")
    assert len(house.data.keys) == 1
    assert first.json()["key"] not in str(kept(house))


async def test_without_the_header_nothing_is_kept(house: House, behind: Behind) -> None:
    admin = await house.signed_in()
    for _ in range(2):
        assert (await admin.post("/v1/customers", json=CUSTOMER)).status_code == 201
    assert len(behind.asked) == 2
    assert "answers__tenant0001" not in house.data.tables._rows


async def test_another_request_under_the_key_is_refused(house: House, behind: Behind) -> None:
    admin = await house.signed_in()
    await admin.post("/v1/customers", json=CUSTOMER, headers=K)
    for path, body in (
        ("/v1/customers", {"name": "Else"}),
        ("/v1/customers?x=1", CUSTOMER),
        (CANCEL, CUSTOMER),
    ):
        other = await admin.post(path, json=body, headers=K)
        assert (other.status_code, problem(other)) == (422, "idempotency_mismatch")
    assert len(behind.asked) == 1


async def test_the_key_is_its_owners_alone(house: House, behind: Behind) -> None:
    house.tenant(TWO)
    clients = [
        await house.signed_in(ONE),
        await house.signed_in(ONE),
        given(house, "customers:write", tenant=ONE),
        given(house, "customers:write", tenant=TWO),
    ]
    answers = [await c.post("/v1/customers", json=CUSTOMER, headers=K) for c in clients]
    assert {answer.headers.get("idempotent-replayed") for answer in answers} == {None}
    assert len(behind.asked) == 4
    assert (len(kept(house, ONE)), len(kept(house, TWO))) == (3, 1)


async def test_the_first_is_waited_for(house: House, behind: Behind) -> None:
    admin = await house.signed_in()
    behind.ready.clear()
    first = asyncio.ensure_future(admin.post("/v1/customers", json=CUSTOMER, headers=K))
    while not behind.asked:
        await asyncio.sleep(0.01)
    second = await admin.post("/v1/customers", json=CUSTOMER, headers=K)
    assert (second.status_code, problem(second)) == (409, "idempotency_in_flight")
    assert second.headers["retry-after"] == "1"
    behind.ready.set()
    assert (await first).status_code == 201
    third = await admin.post("/v1/customers", json=CUSTOMER, headers=K)
    assert third.headers["idempotent-replayed"] == "true"
    assert len(behind.asked) == 1


async def test_after_a_day_the_key_is_another(
    house: House, behind: Behind, at: Callable[[datetime], None]
) -> None:
    house.tenant(ONE)
    caller = given(house, "customers:write")
    await caller.post("/v1/customers", json=CUSTOMER, headers=K)
    at(AT + KEPT - timedelta(seconds=1))
    known = await caller.post("/v1/customers", json=CUSTOMER, headers=K)
    at(AT + KEPT)
    fresh = await caller.post("/v1/customers", json={"name": "Else"}, headers=K)
    assert known.headers["idempotent-replayed"] == "true"
    assert (fresh.status_code, fresh.headers.get("idempotent-replayed")) == (201, None)
    assert len(behind.asked) == 2


async def test_what_was_not_done_leaves_the_key_free(house: House, behind: Behind) -> None:
    admin = await house.signed_in()
    urls = dict(house.desk.services._urls)
    house.desk.services._urls.clear()
    away = await admin.post(EXTEND, json={"reason": "x"}, headers=K)
    assert (away.status_code, problem(away)) == (503, "service_away")
    assert kept(house) == []
    house.desk.services._urls.update(urls)
    assert (await admin.post(EXTEND, json={"reason": "x"}, headers=K)).status_code == 201


@pytest.mark.parametrize(("path", "harmless"), [(EXTEND, False), (CANCEL, True)])
async def test_what_may_have_been_done_is_not_done_blindly(
    house: House, behind: Behind, path: str, harmless: bool
) -> None:
    async def hangs_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    admin = await house.signed_in()
    urls = dict(house.desk.services._urls)
    async with await asyncio.start_server(hangs_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        house.desk.services._urls.update(dict.fromkeys(urls, f"http://127.0.0.1:{port}"))
        silent = await admin.post(path, json={}, headers=K)
    assert (silent.status_code, problem(silent)) == (504, "service_silent")
    house.desk.services._urls.update(urls)
    again = await admin.post(path, json={}, headers=K)
    if harmless:
        assert again.status_code == 201
    else:
        assert (again.status_code, problem(again)) == (409, "outcome_unknown")
        assert behind.asked == []
        other = await admin.post(path, json={}, headers={"Idempotency-Key": "k-2"})
        assert other.status_code == 201


async def test_a_process_that_was_killed_leaves_it_in_doubt(
    house: House, behind: Behind, at: Callable[[datetime], None]
) -> None:
    admin = await house.signed_in()
    await admin.post(EXTEND, json={}, headers=K)
    row = kept(house)[0]
    row.update({"state": "in_hand", "sealed": None})
    held = await admin.post(EXTEND, json={}, headers=K)
    at(row["until"])
    over = await admin.post(EXTEND, json={}, headers=K)
    assert [problem(held), problem(over)] == ["idempotency_in_flight", "outcome_unknown"]
    assert len(behind.asked) == 1


async def test_a_refusal_is_an_answer_too_and_who_is_not_let_in_has_none(
    house: House, behind: Behind
) -> None:
    behind.answer = lambda: JSONResponse({"code": "odd"}, 409)
    admin = await house.signed_in()
    for _ in range(2):
        assert (await admin.post(EXTEND, json={}, headers=K)).status_code == 409
    assert len(behind.asked) == 1
    stranger = await house.client().post("/v1/customers", json={}, headers=K)
    small = await given(house, "calls:read").post("/v1/customers", json={}, headers=K)
    assert (problem(stranger), problem(small)) == ("unauthenticated", "missing_scope")
    assert len(kept(house)) == 1


@pytest.mark.parametrize("key", [b"", b"a b", b"caf\xe9", b"x" * 256])
@pytest.mark.parametrize("path", ["/v1/customers", "/v1/messages", "/v1/session"])
async def test_a_key_that_is_none_is_refused(house: House, path: str, key: bytes) -> None:
    admin = await house.signed_in()
    answer = await admin.post(path, json={}, headers=[(b"Idempotency-Key", key)])
    assert (answer.status_code, problem(answer)) == (400, "bad_idempotency_key")


async def test_two_keys_are_none(house: House) -> None:
    admin = await house.signed_in()
    twice = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    answer = await admin.post("/v1/customers", json={}, headers=twice)
    assert (answer.status_code, problem(answer)) == (400, "bad_idempotency_key")


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/customers:find", "/v1/messages:check"])
async def test_what_others_keep_and_what_only_asks_is_not_kept_here(
    house: House, behind: Behind, path: str
) -> None:
    admin = await house.signed_in()
    for _ in range(2):
        assert (await admin.post(path, json={}, headers=K)).status_code == 201
    assert len(behind.asked) == 2
    assert kept(house) == []


async def test_an_upload_is_compared_as_it_streams(house: House, behind: Behind) -> None:
    admin = await house.signed_in()

    async def send(row: bytes) -> httpx.Response:
        async def body() -> AsyncIterator[bytes]:
            for _ in range(50):
                yield row * 4096

        headers = {**dict(admin.headers), **K, "Content-Type": "text/csv", "Host": host}
        headers["Cookie"] = f"sid={admin.cookies['sid']}"
        async with httpx.AsyncClient(base_url=url) as client:
            return await client.post("/v1/imports", content=body(), headers=headers)

    async with served(house.front) as url:
        host = url.removeprefix("http://")
        behind.answer = lambda: JSONResponse({"code": "not_csv"}, 422)
        assert (await send(b"a,b\n")).status_code == 422
        behind.answer = behind.made
        first, again, other = [await send(row) for row in (b"a,b\n", b"a,b\n", b"a,c\n")]
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    assert (other.status_code, problem(other)) == (422, "idempotency_mismatch")
    assert len(behind.asked) == 2


async def test_a_long_answer_is_passed_on_and_that_it_was_done_is_kept(
    house: House, behind: Behind
) -> None:
    async def long() -> AsyncIterator[bytes]:
        for _ in range(LONGEST // 65_536 + 1):
            yield b"x" * 65_536

    behind.answer = lambda: StreamingResponse(long(), 200)
    admin = await house.signed_in()
    first = await admin.post(EXTEND, json={}, headers=K)
    assert len(first.content) > LONGEST
    again = await admin.post(EXTEND, json={}, headers=K)
    assert (again.status_code, problem(again)) == (409, "answer_gone")


async def _happens(house: House, body: Happening) -> None:
    await house.units.write(house.data.tenants[ONE], body)


async def test_an_erasure_takes_the_answers_of_its_agency(house: House, behind: Behind) -> None:
    mine, theirs = await house.signed_in(ONE), await house.signed_in(TWO)
    for client in (mine, theirs):
        await client.post("/v1/customers", json=CUSTOMER, headers=K)
    await _happens(house, lambda store, work: handlers.erase(erasure("5ub"), store, work))
    (told,) = (fact for _, fact in house.units.emitted if isinstance(fact, ErasureDone))
    assert {one.collection: one.documents for one in told.deleted} == {"answers": 1}
    assert [row["sealed"] for row in kept(house)] == [None]
    gone = await mine.post("/v1/customers", json=CUSTOMER, headers=K)
    assert (gone.status_code, problem(gone)) == (409, "answer_gone")
    known = await theirs.post("/v1/customers", json=CUSTOMER, headers=K)
    assert known.headers["idempotent-replayed"] == "true"
    assert len(behind.asked) == 2


async def test_of_who_is_restricted_or_removed_nothing_is_answered_again(
    house: House, behind: Behind
) -> None:
    restricted = ConsentChanged(subject="5ub", version=2, restricted=True, changed_at=AT)
    removed = CustomerRemoved(customer_id="cus_1", removed_at=AT)
    usual = ConsentChanged(subject="5ub", version=1, changed_at=AT)
    admin, heeds = await house.signed_in(), house.service.heeds
    assert heeds

    async def heeded(fact: Event) -> bool:
        envelope = enclose(fact, ONE, id="evt_1", source="test", time=AT)
        return await heeds(house.units.read(ONE), envelope)

    async def restrict(store: Store, work: Work) -> None:
        await handlers.announce_consent(restricted, store, work)

    async def remove(store: Store, work: Work) -> None:
        await handlers.announce_removal(removed, store, work)

    assert not any([await heeded(one) for one in (restricted, removed)])
    happening: tuple[tuple[Event, Happening], ...] = ((restricted, restrict), (removed, remove))
    for number, (change, happens) in enumerate(happening):
        key = {"Idempotency-Key": f"k-{number}"}
        assert (await admin.post("/v1/customers", json={}, headers=key)).status_code == 201
        assert (await heeded(change), await heeded(usual)) == (True, False)
        await _happens(house, happens)
        gone = await admin.post("/v1/customers", json={}, headers=key)
        assert (gone.status_code, problem(gone)) == (409, "answer_gone")
    assert len(behind.asked) == 2
