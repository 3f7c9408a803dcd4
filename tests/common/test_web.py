import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
import structlog
from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import StreamingResponse
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from pydantic import BaseModel, field_validator
from pydantic_core import PydanticCustomError
from starlette.applications import Starlette

from libs.common import telemetry
from libs.common.principal import Principal, Signer, Verifier, generate
from libs.common.telemetry import traces
from libs.common.web import (
    Cursor,
    Page,
    Problem,
    create_admin,
    create_app,
    not_found,
    requires,
    serve,
)
from libs.common.web.problems import FieldError

NUMBER = "+12025550143"
AMAL = Principal("t0000001", "usr_1", "agent", frozenset({"things:read"}))

router = APIRouter(prefix="/v1")


class Thing(BaseModel):
    name: str
    size: int = 1
    tags: dict[str, int] = {}

    @field_validator("name")
    @classmethod
    def no_number(cls, value: str) -> str:
        if value == "custom":
            raise PydanticCustomError("a_word", "Use a word that is no number.")
        if value.startswith("+"):
            raise ValueError(f"{value} is a number")
        return value


@router.post("/things", status_code=201)
async def create_thing(things: list[Thing]) -> int:
    return len(things)


@router.get("/things/{thing_id}")
async def read_thing(
    thing_id: int,
    who: Annotated[Principal, Depends(requires("things:read"))],
    limit: Annotated[int, Query(le=9)] = 1,
) -> Page[str]:
    if thing_id == 404:
        raise not_found()
    return Page(data=[who.tenant] * limit)


@router.delete("/things/{thing_id}")
async def delete_thing(
    thing_id: int, who: Annotated[Principal, Depends(requires("things:delete"))]
) -> None:
    raise AssertionError


@router.get("/broken")
async def read_broken() -> None:
    raise KeyError(NUMBER)


@router.get("/half")
async def read_half() -> StreamingResponse:
    async def half() -> AsyncIterator[bytes]:
        yield b"half"
        raise RuntimeError(NUMBER)

    return StreamingResponse(half())


@router.get("/busy")
async def read_busy() -> None:
    faults = [FieldError(pointer="#/a", detail="wrong")]
    raise Problem(503, "busy", "Come back later.", errors=faults, headers={"Retry-After": "3"})


@router.post("/stream")
async def count_stream(request: Request) -> int:
    return sum([len(chunk) async for chunk in request.stream()])


@router.post("/upload", max_body_size=1000)
async def upload(request: Request) -> int:
    return len(await request.body())


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    generate("gateway", tmp_path / "gateway.json", tmp_path / "jwks.json")
    return Signer(tmp_path / "gateway.json")


@pytest.fixture
def app(tmp_path: Path, signer: Signer) -> FastAPI:
    app = create_app("things", [router], version="1", max_body=100)
    app.state.verifier = Verifier(tmp_path / "jwks.json", "things")
    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with talk_to(app) as client:
        yield client


@pytest.fixture
def spans_file(tmp_path: Path) -> Iterator[Path]:
    traces.setup_traces("things", spans_file=tmp_path / "spans", otlp_endpoint=None)
    yield tmp_path / "spans"
    telemetry.shutdown()


def talk_to(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://things")


def as_amal(signer: Signer, audience: str = "things") -> dict[str, str]:
    return {"Authorization": f"Bearer {signer.sign(AMAL, audience)}"}


CHANCE = {"trace_id", "span_id", "parent_id", "start", "end", "timestamp"}
"""What may happen to hold any digits."""


def said(record: Mapping[str, Any]) -> str:
    """All that a problem, a line or a span says, but for chance and the time."""
    return json.dumps({name: value for name, value in record.items() if name not in CHANCE})


def problem(response: httpx.Response) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == response.status_code
    assert body["type"] == f"urn:intnet:problem:{body['code']}"
    assert "555" not in said(body)
    return body


async def test_unknown_paths_and_methods_are_problems(client: httpx.AsyncClient) -> None:
    missing = await client.get(f"/v1/{NUMBER}")
    assert problem(missing)["code"] == "not_found"
    wrong = await client.put("/v1/things", json={})
    assert problem(wrong)["code"] == "method_not_allowed"
    assert wrong.headers["allow"] == "POST"
    for path in ("/docs", "/redoc", "/v1/things/1/"):
        assert (await client.get(path)).status_code == 404


async def test_a_problem_says_code_detail_faults_and_headers(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/busy")
    assert problem(response) == {
        "type": "urn:intnet:problem:busy",
        "title": "Service Unavailable",
        "status": 503,
        "code": "busy",
        "detail": "Come back later.",
        "errors": [{"pointer": "#/a", "detail": "wrong"}],
    }
    assert response.headers["retry-after"] == "3"


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        ([{"size": 1}], "#/0/name", "Field required"),
        ([{"name": "a", "size": f"{NUMBER}x"}], "#/0/size", "valid integer"),
        ([{"name": "a", "tags": {NUMBER: "x"}}], "#/0/tags/*", "valid integer"),
        ([{"name": NUMBER}], "#/0/name", "This value cannot be used."),
        ([{"name": "custom"}], "#/0/name", "Use a word that is no number."),
        (NUMBER, "#", "valid list"),
    ],
)
async def test_invalid_bodies_are_explained_without_their_content(
    client: httpx.AsyncClient, body: object, pointer: str, detail: str
) -> None:
    response = await client.post("/v1/things", json=body)
    found = problem(response)
    assert found["code"] == "invalid_request"
    (error,) = found["errors"]
    assert error["pointer"] == pointer
    assert detail in error["detail"]


async def test_broken_json_is_a_problem(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    response = await client.post("/v1/things", content=f'[{{"{NUMBER}', headers=headers)
    assert problem(response)["status"] == 422


async def test_invalid_parameters_are_named(client: httpx.AsyncClient, signer: Signer) -> None:
    response = await client.get("/v1/things/a555?limit=555", headers=as_amal(signer))
    assert [error["pointer"] for error in problem(response)["errors"]] == ["thing_id", "limit"]


async def test_a_crash_is_a_constant_answer_and_a_line_without_content(
    client: httpx.AsyncClient,
) -> None:
    with structlog.testing.capture_logs() as lines:
        response = await client.get(f"/v1/broken?from={NUMBER}")
    body = problem(response)
    assert (body["code"], body["detail"]) == (
        "internal_server_error",
        "Something failed on our side; it has been recorded.",
    )
    (line,) = lines
    assert (line["error"], line["route"]) == ("KeyError", "/v1/broken")
    assert line["way"][-1].endswith("read_broken")
    assert [one for one in lines if "555" in said(one)] == []


async def test_a_crash_in_the_middle_of_an_answer_stays_inside(app: FastAPI) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> dict[str, str]:
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "GET", "path": "/v1/half", "headers": []}
    with structlog.testing.capture_logs() as lines:
        await app(scope | {"query_string": b"", "root_path": ""}, receive, send)
    assert [message.get("body") for message in sent] == [None, b"half"]
    assert [line["error"] for line in lines] == ["RuntimeError"]


async def chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 10):
        yield b"0123456789"


@pytest.mark.parametrize("path", ["/v1/things", "/v1/stream"])
async def test_bodies_are_limited_by_length_and_by_count(
    client: httpx.AsyncClient, path: str
) -> None:
    headers = {"Content-Type": "application/json"}
    declared = await client.post(path, content=b"0" * 101, headers=headers)
    assert problem(declared)["code"] == "content_too_large"
    counted = await client.post(path, content=chunks(110), headers=headers)
    assert problem(counted)["code"] == "content_too_large"
    assert (await client.post("/v1/stream", content=chunks(100))).json() == 100


async def test_an_upload_has_a_limit_of_its_own(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/upload", content=chunks(1000))).json() == 1000
    assert (await client.post("/v1/upload", content=b"0" * 1000)).json() == 1000
    assert problem(await client.post("/v1/upload", content=chunks(1010)))["status"] == 413
    assert problem(await client.post("/v1/upload", content=b"0" * 1001))["status"] == 413


async def test_the_principal_reaches_the_operation(
    client: httpx.AsyncClient, signer: Signer
) -> None:
    response = await client.get("/v1/things/1", headers=as_amal(signer))
    assert response.json() == {"data": ["t0000001"], "next_cursor": None}


async def test_without_a_good_token_it_is_401(client: httpx.AsyncClient, signer: Signer) -> None:
    basic = {"Authorization": "Basic YTpi"}
    broken = {"Authorization": "Bearer a.b.c"}
    bodies = set()
    for headers in ({}, basic, broken, as_amal(signer, "others")):
        response = await client.get("/v1/things/1", headers=headers)
        assert problem(response)["code"] == "unauthenticated"
        assert response.headers["www-authenticate"] == "Bearer"
        bodies.add(response.text)
    assert len(bodies) == 1


async def test_without_the_scope_it_is_403(client: httpx.AsyncClient, signer: Signer) -> None:
    response = await client.delete("/v1/things/1", headers=as_amal(signer))
    assert problem(response)["code"] == "forbidden"


async def test_a_404_is_always_the_same(
    client: httpx.AsyncClient, signer: Signer, spans_file: Path
) -> None:
    first = await client.get("/v1/things/404", headers=as_amal(signer))
    second = await client.get("/v1/things/404", headers=as_amal(signer))
    assert problem(first)["code"] == "not_found"
    assert first.content == second.content
    busy = await client.get("/v1/busy")
    assert busy.json()["trace_id"] == busy.headers["traceparent"].split("-")[1]


async def test_a_span_is_named_by_template_and_continues_the_caller(
    client: httpx.AsyncClient, spans_file: Path
) -> None:
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    response = await client.get(f"/v1/busy?from={NUMBER}", headers={"traceparent": parent})
    await client.get("/v1/things/77")
    await client.get(f"/{NUMBER}")
    telemetry.shutdown()
    busy, things, nothing = (json.loads(line) for line in spans_file.read_text().splitlines())
    for span in (busy, things, nothing):
        assert "555" not in said(span)
        assert "from=" not in said(span)
    assert (busy["name"], busy["kind"], busy["status"]) == ("GET /v1/busy", "server", "error")
    assert busy["attributes"] == {
        "http.request.method": "GET",
        "http.route": "/v1/busy",
        "http.response.status_code": 503,
        "error.type": "503",
    }
    assert busy["trace_id"] == parent.split("-")[1]
    assert busy["parent_id"] == parent.split("-")[2]
    assert response.headers["traceparent"].split("-")[2] == busy["span_id"]
    assert (things["name"], things["status"]) == ("GET /v1/things/{thing_id}", "unset")
    assert things["parent_id"] is None
    assert nothing["name"] == "GET (none)"


async def test_a_public_door_continues_nobodys_trace(spans_file: Path) -> None:
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    async with talk_to(create_app("door", [router], version="1", public=True)) as client:
        response = await client.get("/v1/busy", headers={"traceparent": parent})
        assert parent.split("-")[1] not in response.headers["traceparent"]
        assert (await client.get("/openapi.json")).status_code == 404


async def test_requests_are_counted_by_template(client: httpx.AsyncClient) -> None:
    labels = {"method": "GET", "route": "/v1/things/{thing_id}", "status": "401"}
    before = REGISTRY.get_sample_value("http_requests_total", labels) or 0
    await client.get("/v1/things/1")
    await client.get("/v1/things/2")
    assert REGISTRY.get_sample_value("http_requests_total", labels) == before + 2
    del labels["status"]
    assert REGISTRY.get_sample_value("http_request_seconds_count", labels)
    await client.request("BREW", "/v1/things/1")
    labels["method"] = "OTHER"
    assert REGISTRY.get_sample_value("http_request_seconds_count", labels)


async def test_every_operation_declares_its_problems(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    operations = {
        operation["operationId"]: operation
        for path in document["paths"].values()
        for operation in path.values()
    }
    assert set(operations) == {
        "create_thing", "read_thing", "delete_thing", "read_broken", "read_half", "read_busy",
        "count_stream", "upload",
    }  # fmt: skip
    declared = {name: set(o["responses"]) for name, o in operations.items()}
    assert declared["create_thing"] == {"201", "400", "413", "422", "500"}
    assert declared["read_thing"] == {"200", "304", "401", "403", "404", "422", "500"}
    for operation in operations.values():
        for status, response in operation["responses"].items():
            if status >= "400":
                assert "application/problem+json" in response["content"]
    assert operations["read_thing"]["security"] == [{"principal": ["things:read"]}]
    scheme = document["components"]["securitySchemes"]["principal"]
    assert scheme == {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    assert "HTTPValidationError" not in json.dumps(document)
    assert {"ProblemDetails", "FieldError"} <= set(document["components"]["schemas"])


def test_two_operations_of_one_name_are_refused() -> None:
    other = APIRouter()
    other.get("/other")(read_busy)
    with pytest.raises(ValueError, match="Duplicate Operation ID read_busy"):
        create_app("things", [router, other], version="1")


def test_a_cursor_is_for_its_list_and_tenant() -> None:
    mine = Cursor("customers", "t0000001")
    text = mine.write("cus_1", 7)
    assert mine.read(text, str, int) == ("cus_1", 7)
    assert mine.read(None, str) is None
    for other in (Cursor("customers", "t0000002"), Cursor("calls", "t0000001")):
        with pytest.raises(Problem) as refused:
            other.read(text, str, int)
        assert (refused.value.status, refused.value.code) == (400, "bad_cursor")


@pytest.mark.parametrize(
    "position", [[], ["a"], ["a", "7"], ["a", True], ["a", {"$gt": 0}], ["a", 7, 8]]
)
def test_a_forged_position_is_refused(position: list[Any]) -> None:
    mine = Cursor("customers", "t0000001")
    with pytest.raises(Problem):
        mine.read(mine.write(*position), str, int)


@given(st.text() | st.binary().map(lambda b: b.hex()))
def test_no_text_makes_a_cursor_fail_otherwise(text: str) -> None:
    with pytest.raises(Problem):
        Cursor("customers", "t0000001").read(text, str)


def test_a_place_in_time_comes_back_as_it_was() -> None:
    mine = Cursor("calls", "t0000001")
    items = [(datetime(2026, 3, day, tzinfo=UTC), f"call_{day}") for day in (3, 2)]
    assert mine.read_place(mine.after(items, 2, lambda item: item)) == items[-1]
    assert mine.after(items, 3, lambda item: item) is None
    assert mine.after([(None, "x")], 1, lambda item: item) is None
    assert mine.after([], 1, lambda item: item) is None
    assert mine.read_place(None) is None
    with pytest.raises(Problem):
        mine.read_place(mine.write("yesterday", "call_2"))


def test_a_name_and_a_number_come_back_as_they_were() -> None:
    mine = Cursor("templates", "t0000001")
    names = ["a", "b"]
    assert mine.read_name(mine.after(names, 2, lambda name: (name,))) == "b"
    assert mine.read_name(None) is None
    assert mine.read(mine.after([0], 1, lambda seq: (seq,)), int) == (0,)
    with pytest.raises(Problem):
        mine.read_name(mine.after([1], 1, lambda seq: (seq,)))


@pytest.mark.parametrize(
    "at", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-03-03T00:00:00"]
)
def test_a_place_that_no_store_can_look_for_is_refused(at: str) -> None:
    mine = Cursor("calls", "t0000001")
    with pytest.raises(Problem) as refused:
        mine.read_place(mine.write(at, "call_2"))
    assert (refused.value.status, refused.value.code) == (400, "bad_cursor")


def test_a_place_is_looked_for_in_utc() -> None:
    mine = Cursor("calls", "t0000001")
    place = mine.read_place(mine.write("2026-03-03T01:00:00+03:00", "call_2"))
    assert place == (datetime(2026, 3, 2, 22, tzinfo=UTC), "call_2")
    assert place[0].tzinfo is UTC


class Health:
    reasons: list[str] = []  # noqa: RUF012
    error: Exception | None = None

    def live(self) -> list[str]:
        return self.reasons

    async def ready(self) -> list[str]:
        if self.error is not None:
            raise self.error
        return self.reasons


async def test_health_tells_plain_reasons() -> None:
    health = Health()
    async with talk_to(create_admin("notes", health.live, health.ready)) as client:
        for path in ("/livez", "/readyz"):
            response = await client.get(path)
            assert (response.status_code, response.json()) == (200, {"reasons": []})
        health.reasons = ["Kafka does not answer"]
        for path in ("/livez", "/readyz"):
            response = await client.get(path)
            assert response.status_code == 503
            assert response.json() == {"reasons": ["Kafka does not answer"]}
        health.error = KeyError(NUMBER)
        response = await client.get("/readyz")
        assert response.json() == {"reasons": ["the readiness check failed with KeyError"]}
        metrics = await client.get("/metrics")
        assert "# TYPE http_requests_total counter" in metrics.text
        assert 'service_ready{component="notes"} 0.0' in metrics.text
        health.error, health.reasons = None, []
        again = await client.get("/metrics")
        assert 'service_ready{component="notes"} 1.0' in again.text
        asked = await client.get("/metrics", params={"name[]": "http_requests_total"})
        types = [line for line in asked.text.splitlines() if line.startswith("# TYPE")]
        assert types == ["# TYPE http_requests_total counter"]
        assert metrics.headers["content-type"].startswith("text/plain")


async def test_a_readiness_check_that_hangs_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang() -> list[str]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr("libs.common.web.admin.READY_LIMIT_S", 0.01)
    async with talk_to(create_admin("notes", list, hang)) as client:
        response = await client.get("/readyz")
    assert response.status_code == 503
    assert "more than 0.01 s" in response.text


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


async def test_servers_listen_and_finish_what_is_in_hand(app: FastAPI) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()
    slow = APIRouter()

    @slow.get("/slow")
    async def read_slow() -> str:
        began.set()
        await go_on.wait()
        return "finished"

    app = create_app("slow", [slow], version="1")
    ports = free_port(), free_port()
    stop, listening = asyncio.Event(), asyncio.Event()
    admin = create_admin("notes", list, Health().ready)
    servers = (app, "127.0.0.1", ports[0]), (admin, "127.0.0.1", ports[1])
    async with asyncio.TaskGroup() as group, httpx.AsyncClient() as client:
        running = group.create_task(serve(*servers, stop=stop, listening=listening))
        await listening.wait()
        healthy = await client.get(f"http://127.0.0.1:{ports[1]}/livez")
        assert healthy.status_code == 200
        assert "server" not in healthy.headers
        request = group.create_task(client.get(f"http://127.0.0.1:{ports[0]}/slow"))
        await began.wait()
        stop.set()
        await asyncio.sleep(0.3)
        assert not running.done()
        go_on.set()
        assert (await request).json() == "finished"
        await running
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)


async def test_the_drain_is_bounded() -> None:
    began = asyncio.Event()
    endless = APIRouter()

    @endless.get("/endless")
    async def read_endless() -> None:
        began.set()
        await asyncio.Event().wait()

    port, stop = free_port(), asyncio.Event()
    app = create_app("endless", [endless], version="1")
    listening = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        serving = serve((app, "127.0.0.1", port), stop=stop, listening=listening, drain_s=1)
        running = group.create_task(serving)
        await listening.wait()
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
        await began.wait()
        stop.set()
        await running
        writer.close()


async def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
        free = free_port()
        servers = (Starlette(), "127.0.0.1", free), (Starlette(), "127.0.0.1", port)
        with pytest.raises(OSError, match=f"127.0.0.1:{port} cannot be had"):
            await serve(*servers, stop=asyncio.Event())
        socket.create_server(("127.0.0.1", free)).close()
