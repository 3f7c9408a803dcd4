"""Connections that break: only over a real socket, as the client meets them."""

from collections.abc import Iterator
from socket import create_connection
from typing import Any

import httpx
import pytest

from tests.simulator.serving import Inbox, serving
from tests.simulator.support import MESSAGE, order


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def line(inbox: Inbox) -> Iterator[httpx.Client]:
    with serving(inbox) as client:
        yield client


def befall(line: httpx.Client, **fault: Any) -> None:
    line.post("/texts/faults", json={"faults": [{"count": 1} | fault]}).raise_for_status()


def post(line: httpx.Client) -> httpx.Response:
    return line.post("/v2/messages", json=MESSAGE, headers={"idempotency-key": "key-1"})


def log(line: httpx.Client) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = line.get("/sends").json()["data"]
    return entries


def test_a_connection_is_closed_before_the_request_is_read(
    line: httpx.Client, inbox: Inbox
) -> None:
    befall(line, way="connection_refused")
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        post(line)
    (entry,) = log(line)
    assert (entry["idempotency_key"], entry["text"]) == ("key-1", None)
    assert (entry["answered"], entry["accepted"]) == (None, False)
    made = post(line).json()["data"]["id"]
    assert inbox.next()["payload"]["id"] == made


def test_an_accepted_message_whose_answer_is_lost(line: httpx.Client, inbox: Inbox) -> None:
    befall(line, way="accepted_without_answer")
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        post(line)
    told = [inbox.next() for _ in range(2)]
    assert [one["event_type"] for one in told] == ["message.sent", "message.finalized"]
    (entry,) = log(line)
    assert (entry["answered"], entry["accepted"]) == (None, True)
    assert {one["payload"]["id"] for one in told} == {entry["provider_id"]}
    again = post(line)
    assert (again.status_code, again.json()["data"]["id"]) == (200, entry["provider_id"])
    assert [entry["accepted"] for entry in log(line)] == [True, False]


@pytest.mark.parametrize("way", ["slow", "accepted_without_answer"])
def test_a_client_that_hangs_up_does_not_stop_the_message(
    line: httpx.Client, inbox: Inbox, way: str
) -> None:
    befall(line, way=way, seconds=1)
    request = line.build_request("POST", "/v2/messages", json=MESSAGE)
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    whole = f"POST /v2/messages HTTP/1.1\r\n{head}\r\n".encode() + request.read()
    with create_connection((line.base_url.host, line.base_url.port)) as impatient:
        impatient.sendall(whole)
        sent = inbox.next()["payload"]
    assert inbox.next()["payload"]["id"] == sent["id"]
    assert line.get(f"/v2/messages/{sent['id']}").status_code == 200
    (entry,) = log(line)
    assert (entry["way"], entry["accepted"], entry["provider_id"]) == (way, True, sent["id"])


async def test_without_a_connection_there_is_nothing_to_drop(telnyx: httpx.AsyncClient) -> None:
    await order(telnyx, {"way": "connection_refused", "count": 1})
    with pytest.RaisesGroup(pytest.RaisesExc(ConnectionResetError, match="uvicorn")):
        await telnyx.post("/v2/messages", json=MESSAGE)
