import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from libs.common import telemetry
from libs.common.principal import Verifier
from services.gateway.api import access, documents
from services.gateway.domain.openapi import merge
from services.gateway.domain.roles import SCOPES, Role
from services.gateway.domain.routes import SERVICES
from tests.gateway.house import ONE, House, problem, served
from tests.gateway.programs import issued, program

CUSTOMER = "/v1/customers/cus_1"


class Upstream:
    """A service that tells what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.received = 0
        self.largest = 0
        self.documents = 0
        self.path = "/v1/customers"
        self.released = asyncio.Event()
        methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        self.app = Starlette(
            routes=[
                Route("/openapi.json", self.document),
                Route("/v1/imports", self.take, methods=["POST"]),
                Route("/v1/consents:import", self.take, methods=["POST"]),
                Route("/v1/customers", self.slowly),
                Route("/{path:path}", self.answer, methods=methods),
            ]
        )

    async def answer(self, request: Request) -> Response:
        self.asked.append(request)
        headers = {
            "ETag": '"3"', "X-Internal": "secret", "Set-Cookie": "a=b", "Location": "/v1/x",
            "Idempotent-Replayed": "true",
        }  # fmt: skip
        return JSONResponse({"path": request.url.path}, status_code=207, headers=headers)

    async def take(self, request: Request) -> Response:
        async for chunk in request.stream():
            self.received += len(chunk)
            self.largest = max(self.largest, len(chunk))
        return JSONResponse({"id": "imp_1"}, status_code=202)

    async def slowly(self, request: Request) -> Response:
        async def body() -> AsyncIterator[bytes]:
            yield b"first"
            await self.released.wait()
            yield b"second"

        return StreamingResponse(body())

    async def document(self, request: Request) -> Response:
        self.documents += 1
        operation: dict[str, Any] = {"operationId": "list_customers", "responses": {}}
        return JSONResponse({"openapi": "3.1.0", "paths": {self.path: {"get": operation}}})


@pytest.fixture
async def upstream(house: House) -> AsyncIterator[Upstream]:
    made = Upstream()
    async with served(made.app) as url:
        house.desk.services._urls.update(dict.fromkeys(SERVICES.values(), url))
        yield made


async def test_the_service_hears_who_asks_and_nothing_else(
    house: House, upstream: Upstream
) -> None:
    agent = await house.signed_in(ONE, Role.AGENT)
    headers = {
        "Authorization": "Bearer forged", "X-Tenant": "tenant0002", "Accept-Language": "ar",
        "If-None-Match": '"2"', "X-Forwarded-For": "10.0.0.1",
    }  # fmt: skip
    await agent.get(f"{CUSTOMER}?q=a%20b&limit=5", headers=headers)
    (asked,) = upstream.asked
    assert asked.url.path == CUSTOMER
    assert asked.url.query == "q=a%20b&limit=5"
    assert asked.headers["if-none-match"] == '"2"'
    assert asked.headers["accept-language"] == "ar"
    assert not {"cookie", "x-tenant", "x-forwarded-for", "origin"} & set(asked.headers)
    token = asked.headers["authorization"].removeprefix("Bearer ")
    principal = Verifier(house.root / "jwks.json", "matcher").verify(token)
    (account,) = house.data.accounts.values()
    assert (principal.tenant, principal.user, principal.role) == (ONE, account.id, "agent")
    assert principal.scopes == SCOPES[Role.AGENT]


async def test_the_service_hears_of_a_program_by_its_key(house: House, upstream: Upstream) -> None:
    made = await issued(house, "customers:read", "calls:read")
    answer = await program(house, made["key"]).get(CUSTOMER)
    assert answer.status_code == 207
    (asked,) = upstream.asked
    token = asked.headers["authorization"].removeprefix("Bearer ")
    assert made["key"] not in str(asked.headers)
    principal = Verifier(house.root / "jwks.json", "matcher").verify(token)
    assert (principal.tenant, principal.user, principal.role) == (ONE, made["id"], "app")
    assert principal.scopes == {"customers:read", "calls:read", "known"}


async def test_who_is_shut_out_while_their_body_comes_does_nothing_more(
    house: House, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "LATE_S", -1.0)
    made, admin = await issued(house, "customers:write"), await house.signed_in()
    json = {"Content-Type": "application/json"}

    async def body(path: str) -> AsyncIterator[bytes]:
        yield b"{"
        assert (await admin.delete(path)).status_code == 204
        yield b"}"

    app = program(house, made["key"])
    refused = await app.put(CUSTOMER, content=body(f"/v1/keys/{made['id']}"), headers=json)
    assert (refused.status_code, problem(refused)) == (401, "unauthenticated")
    assert (await admin.put(CUSTOMER, json={})).status_code == 207
    refused = await admin.put(CUSTOMER, content=body("/v1/session"), headers=json)
    assert (refused.status_code, problem(refused)) == (401, "unauthenticated")
    assert len(upstream.asked) == 1


@pytest.mark.parametrize(("late", "status"), [(-1.0, 401), (60.0, 207)])
async def test_who_is_late_is_looked_at_again_before_their_key_is_taken(
    house: House, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, late: float, status: int
) -> None:
    """With an `Idempotency-Key` the body is waited for at the door, and not behind it."""
    monkeypatch.setattr(access, "LATE_S", late)
    admin = await house.signed_in()
    repeated = {"Content-Type": "application/json", "Idempotency-Key": "one"}

    async def body() -> AsyncIterator[bytes]:
        yield b"{"
        assert (await admin.delete("/v1/session")).status_code == 204
        yield b"}"

    path = "/v1/messages/msg_1:cancel"
    answer = await admin.post(path, content=body(), headers=repeated)
    assert answer.status_code == status
    assert len(upstream.asked) == (status == 207)


async def test_a_program_writes_without_an_origin(house: House, upstream: Upstream) -> None:
    made = await issued(house, "customers:write")
    answer = await program(house, made["key"]).put(CUSTOMER, json={})
    assert answer.status_code == 207
    text = await program(house, made["key"]).put(CUSTOMER, content=b"x")
    assert (text.status_code, problem(text)) == (415, "unsupported_media_type")


async def test_the_client_gets_status_body_and_listed_headers(
    house: House, upstream: Upstream
) -> None:
    agent = await house.signed_in(ONE, Role.AGENT)
    answer = await agent.get(CUSTOMER)
    assert (answer.status_code, answer.json()) == (207, {"path": CUSTOMER})
    assert answer.headers["etag"] == '"3"'
    assert answer.headers["location"] == "/v1/x"
    assert answer.headers["idempotent-replayed"] == "true"
    assert not {"x-internal", "set-cookie"} & set(answer.headers)


async def test_an_agent_reaches_no_further_than_their_role(
    house: House, upstream: Upstream
) -> None:
    agent = await house.signed_in(ONE, Role.AGENT)
    refused = await agent.delete(CUSTOMER)
    assert (refused.status_code, problem(refused)) == (403, "forbidden")
    unknown = await agent.get("/v1/customers/cus_1/secrets")
    assert (unknown.status_code, problem(unknown)) == (404, "not_found")
    assert not upstream.asked


@pytest.mark.parametrize("value", ["..", ".", "a%2Fb", "%2e%2e"])
async def test_an_id_cannot_change_the_path(house: House, upstream: Upstream, value: str) -> None:
    admin = await house.signed_in()
    cookie = f"sid={admin.cookies['sid']}"
    async with served(house.front) as url:
        host = url.removeprefix("http://")
        reader, writer = await asyncio.open_connection(*host.split(":"))
        head = f"GET /v1/customers/{value} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert not upstream.asked


async def test_an_odd_id_arrives_as_it_was_sent(house: House, upstream: Upstream) -> None:
    admin = await house.signed_in()
    await admin.get("/v1/customers/a%20b%3Fc%23d")
    assert upstream.asked[0].path_params["path"] == "v1/customers/a b?c#d"
    assert upstream.asked[0].url.query == ""


@pytest.mark.parametrize(
    ("method", "path", "arrives"),
    [
        ("POST", "/v1/messages:check", "/v1/messages:check"),
        ("POST", "/v1/messages%3Acheck", "/v1/messages:check"),
        ("POST", "/v1/messages/msg_1:cancel", "/v1/messages/msg_1:cancel"),
        ("POST", "/v1/messages/a%3Ab:cancel", "/v1/messages/a%3Ab:cancel"),
        ("GET", "/v1/messages/msg_1:cancel", "/v1/messages/msg_1%3Acancel"),
        ("POST", "/v1/conversations:find", "/v1/conversations:find"),
        ("POST", "/v1/consents:find", "/v1/consents:find"),
        ("GET", "/v1/consents/0a1b", "/v1/consents/0a1b"),
        ("PUT", "/v1/senders/+12025550131", "/v1/senders/%2B12025550131"),
    ],
)
async def test_a_colon_is_part_of_the_path(
    house: House, upstream: Upstream, method: str, path: str, arrives: str
) -> None:
    admin = await house.signed_in()
    answer = await admin.request(method, path)
    assert answer.status_code == 207
    assert upstream.asked[0].scope["raw_path"] == arrives.encode()


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/messages:cancel", 404, "not_found"),
        ("/v1/messages/:cancel", 405, "method_not_allowed"),
        ("/v1/messages/msg_1", 405, "method_not_allowed"),
        ("/v1/messages/msg_1:check", 405, "method_not_allowed"),
        ("/v1/messages:checks", 404, "not_found"),
        ("/v1/messages/a/b:cancel", 404, "not_found"),
        ("/v1/messages/..:cancel", 404, "not_found"),
        ("/v1/messages:", 404, "not_found"),
        ("/v1/consents:", 404, "not_found"),
        ("/v1/consentss:find", 404, "not_found"),
    ],
)
async def test_a_verb_stands_behind_its_own_noun_alone(
    house: House, upstream: Upstream, path: str, status: int, code: str
) -> None:
    admin = await house.signed_in()
    answer = await admin.post(path)
    assert (answer.status_code, problem(answer)) == (status, code)
    assert not upstream.asked


async def test_a_key_goes_to_the_service_that_remembers_it(
    house: House, upstream: Upstream
) -> None:
    agent = await house.signed_in(ONE, Role.AGENT)
    await agent.post("/v1/messages", json={}, headers={"Idempotency-Key": "k:1"})
    assert upstream.asked[0].headers["idempotency-key"] == "k:1"


@pytest.mark.parametrize("path", ["/v1/imports", "/v1/consents:import"])
async def test_an_upload_is_passed_through_in_pieces(
    house: House, upstream: Upstream, path: str
) -> None:
    admin = await house.signed_in()
    pieces, piece = 300, b"x" * 65_536

    async def body() -> AsyncIterator[bytes]:
        for _ in range(pieces):
            yield piece

    async with served(house.front) as url, httpx.AsyncClient(base_url=url) as client:
        headers = {**dict(admin.headers), "Content-Type": "text/csv; charset=utf-8"}
        cookies = f"sid={admin.cookies['sid']}"
        headers |= {"Cookie": cookies, "Host": url.removeprefix("http://")}
        answer = await client.post(path, content=body(), headers=headers)
    assert (answer.status_code, answer.json()) == (202, {"id": "imp_1"})
    assert upstream.received == pieces * len(piece)
    assert upstream.largest <= 1024 * 1024


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", ""])
@pytest.mark.parametrize("path", ["/v1/imports", "/v1/consents:import"])
async def test_an_import_is_csv(house: House, upstream: Upstream, kind: str, path: str) -> None:
    admin = await house.signed_in()
    answer = await admin.post(path, content=b"a,b", headers={"Content-Type": kind})
    assert (answer.status_code, problem(answer)) == (415, "unsupported_media_type")
    assert upstream.received == 0


async def test_another_body_is_bounded(house: House, upstream: Upstream) -> None:
    admin = await house.signed_in()
    answer = await admin.post("/v1/customers", json={"name": "x" * 300_000})
    assert answer.status_code == 413
    assert not upstream.asked


async def test_an_answer_is_passed_on_as_it_comes(house: House, upstream: Upstream) -> None:
    agent = await house.signed_in(ONE, Role.AGENT)
    headers = {"Cookie": f"sid={agent.cookies['sid']}"}
    async with (
        served(house.front) as url,
        httpx.AsyncClient(base_url=url, headers=headers) as client,
        client.stream("GET", "/v1/customers") as answer,
    ):
        pieces = answer.aiter_raw()
        assert await anext(pieces) == b"first"
        upstream.released.set()
        assert await anext(pieces) == b"second"


async def test_a_dead_service_is_said_to_be_away(house: House) -> None:
    admin = await house.signed_in()
    unset = await admin.get(CUSTOMER)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    house.desk.services._urls["matcher"] = f"http://127.0.0.1:{port}"
    dead = await admin.get(CUSTOMER)
    for answer in (unset, dead):
        assert (answer.status_code, problem(answer)) == (503, "service_away")
        assert answer.headers["retry-after"] == "2"


async def test_a_silent_service_may_have_done_it(house: House) -> None:
    async def hangs_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hangs_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    house.desk.services._urls["matcher"] = f"http://127.0.0.1:{port}"
    admin = await house.signed_in()
    answer = await admin.put(CUSTOMER, json={})
    assert (answer.status_code, problem(answer)) == (504, "service_silent")
    server.close()
    await server.wait_closed()


async def test_the_trace_goes_on_in_the_service(
    house: House, upstream: Upstream, tmp_path: Path
) -> None:
    telemetry.setup("gateway", spans_file=tmp_path / "spans", otlp_endpoint=None)
    try:
        agent = await house.signed_in(ONE, Role.AGENT)
        forged = f"00-{'a' * 32}-{'b' * 16}-01"
        answer = await agent.get(CUSTOMER, headers={"traceparent": forged})
    finally:
        telemetry.shutdown()
    sent = upstream.asked[0].headers["traceparent"]
    assert sent.split("-")[1] == answer.headers["traceparent"].split("-")[1] != "a" * 32
    spans = (tmp_path / "spans").read_text()
    assert "proxy GET /v1/customers/{customer_id}" in spans
    assert sent.split("-")[2] in spans


async def test_the_document_is_merged_and_outlives_a_service(
    house: House, upstream: Upstream
) -> None:
    admin = await house.signed_in()
    first = await admin.get("/v1/openapi.json")
    paths = first.json()["paths"]
    assert paths["/v1/customers"]["get"]["security"] == [
        {"session": ["customers:read"]},
        {"key": ["customers:read"]},
    ]
    assert paths["/v1/session"]["post"]["security"] == []
    assert not [path for path in paths if path.startswith("/operator")]
    asked = upstream.documents
    assert (await admin.get("/v1/openapi.json")).content == first.content
    assert upstream.documents == asked
    house.desk.services._urls.clear()
    for name, (_, document) in house.desk.documents._known.items():
        house.desk.documents._known[name] = (-1000.0, document)
    assert (await admin.get("/v1/openapi.json")).content == first.content


async def test_the_document_is_merged_again_when_a_part_of_it_changes(
    house: House, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    merges: list[object] = []

    def counted(*given: Any) -> Any:
        merges.append(given)
        return merge(*given)

    monkeypatch.setattr(documents, "merge", counted)
    admin = await house.signed_in()
    known = house.desk.documents._known

    async def a_minute_later() -> httpx.Response:
        known.update({name: (-1000.0, document) for name, (_, document) in known.items()})
        return await admin.get("/v1/openapi.json")

    first = await admin.get("/v1/openapi.json")
    second = await admin.get("/v1/openapi.json")
    same = await a_minute_later()
    assert first.content == second.content == same.content
    assert len(merges) == 1
    assert "/v1/customers/{customer_id}" not in first.json()["paths"]
    upstream.path = "/v1/customers/{customer_id}"
    changed = await a_minute_later()
    assert "/v1/customers/{customer_id}" in changed.json()["paths"]
    assert changed.headers["etag"] != first.headers["etag"]
    assert len(merges) == 2


async def test_a_document_that_was_never_seen_is_not_made_up(house: House) -> None:
    admin = await house.signed_in()
    answer = await admin.get("/v1/openapi.json")
    assert (answer.status_code, problem(answer)) == (503, "service_away")
