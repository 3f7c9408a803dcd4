"""The provider's endpoint: who may enter, and that the answer is exactly 200 once all is safe."""

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from nacl.signing import SigningKey
from prometheus_client import REGISTRY
from starlette.types import Message

from deploy.simulator.signing import Signature, Signer
from libs.common import clock
from libs.common.telemetry import traces
from services.ingest.api.webhook import MAX_BODY, PATH
from tests.ingest.domain_support import body
from tests.ingest.given import OURS, SIGNER, Door, agency, opened, public_key, ring, webhook

IGNORED = "call_machine_detection_ended"
UNAUTHORIZED = b'{"type":"about:blank","title":"Unauthorized","status":401}'


def metric(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def results() -> dict[str, float]:
    names = ("accepted", "repeated", "quarantined", "ignored", "refused")
    return {name: metric("webhooks_total", result=name) for name in names}


def test_every_result_has_its_count_before_it_happens() -> None:
    """A count that begins at one would show no increase."""
    named = ("accepted", "repeated", "quarantined", "ignored", "starting", "refused", "failed")
    for name in named:
        assert REGISTRY.get_sample_value("webhooks_total", {"result": name}) is not None


async def test_the_answer_is_exactly_200_with_nothing_in_it(door: Door) -> None:
    await agency(door.house)
    answer = await door.post(ring())
    assert answer.status_code == 200
    assert answer.content == b""
    assert dict(answer.headers) == {"content-length": "0"}


@pytest.mark.parametrize(
    ("how", "reason"),
    [("missing", "missing"), ("doubled", "doubled"), ("old", "stale"), ("wrong", "mismatch")],
)
async def test_a_spoiled_signature_gets_the_one_answer_and_a_metric(
    door: Door, how: Signature, reason: str
) -> None:
    await agency(door.house)
    before = metric("webhook_signature_failures_total", reason=reason)
    answer = await door.post(ring(), how)
    assert (answer.status_code, answer.content) == (401, UNAUTHORIZED)
    assert dict(answer.headers) == {
        "content-type": "application/problem+json",
        "content-length": str(len(UNAUTHORIZED)),
    }
    assert metric("webhook_signature_failures_total", reason=reason) == before + 1
    assert door.broker.taken == []


async def test_a_stranger_a_later_time_and_a_bad_header_get_the_same_answer(door: Door) -> None:
    ahead = int((clock.now() + timedelta(seconds=400)).timestamp())
    stranger = await door.post(ring(), signer=Signer(SigningKey(b"\x08" * 32)))
    answers = [stranger]
    for headers in (SIGNER.headers(ring(), ahead), [("telnyx-signature-ed25519", "ü"), _NOW()]):
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        answers.append(await door.client.post(PATH, content=ring(), headers=raw))
    assert {(answer.status_code, answer.content) for answer in answers} == {(401, UNAUTHORIZED)}


def _NOW() -> tuple[str, str]:
    return "telnyx-timestamp", str(int(clock.now().timestamp()))


async def test_one_changed_byte_of_the_body_is_refused(door: Door) -> None:
    headers = SIGNER.headers(ring(1), int(clock.now().timestamp()))
    answer = await door.client.post(PATH, content=ring(2), headers=headers)
    assert answer.status_code == 401


async def test_while_keys_change_both_count_in_their_time(tmp_path: Path) -> None:
    day = timedelta(days=1)
    seeds = {"old": b"\x01" * 32, "new": b"\x02" * 32, "gone": b"\x03" * 32, "soon": b"\x04" * 32}
    times: dict[str, dict[str, Any]] = {
        "old": {"retired_at": clock.now() + day},
        "new": {"active_from": clock.now() - day},
        "gone": {"retired_at": clock.now() - day},
        "soon": {"active_from": clock.now() + day},
    }
    keys = [{"key": public_key(seeds[name]), **times[name]} for name in seeds]
    door = Door(await opened(tmp_path, telnyx_keys=keys))
    await agency(door.house)
    before = metric("webhook_keys_total", key=public_key(seeds["new"])[:8])
    statuses = {
        name: (await door.post(ring(), signer=Signer(SigningKey(seed)))).status_code
        for name, seed in seeds.items()
    }
    assert statuses == {"old": 200, "new": 200, "gone": 401, "soon": 401}
    assert metric("webhook_keys_total", key=public_key(seeds["new"])[:8]) == before + 1
    await door.close()


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_only_post_is_allowed(door: Door, method: str) -> None:
    answer = await door.client.request(method, PATH)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


async def test_a_body_that_is_too_large_is_refused_before_it_is_verified(door: Door) -> None:
    answer = await door.post(b"a" * (MAX_BODY + 1), "missing")
    assert answer.status_code == 413
    assert (await door.post(b"a" * MAX_BODY)).status_code == 200  # odd, so it is quarantined


async def test_a_chunked_body_is_not_read_to_its_end(door: Door) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 100:
            sent += 1
            yield b"a" * 64 * 1024

    assert (await _raw(door, endless())) == [413]
    assert sent == 5


async def _raw(door: Door, chunks: AsyncIterator[bytes]) -> list[int]:
    """Drives the door as a server does; httpx would collect the chunks first."""
    statuses: list[int] = []

    async def receive() -> Message:
        try:
            return {"type": "http.request", "body": await anext(chunks), "more_body": True}
        except StopAsyncIteration:
            return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        statuses.extend([message["status"]] if "status" in message else [])

    scope = {"type": "http", "method": "POST", "path": PATH, "headers": []}
    await door.front(scope, receive, send)
    return statuses


async def test_who_hangs_up_in_the_middle_is_no_wrong_signature(door: Door) -> None:
    async def half() -> AsyncIterator[bytes]:
        yield ring()[:100]

    before = metric("webhook_signature_failures_total", reason="missing")
    assert await _raw(door, half()) == []
    assert metric("webhook_signature_failures_total", reason="missing") == before


async def test_a_body_in_pieces_is_put_together(door: Door) -> None:
    await agency(door.house)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(ring()), 50):
            yield ring()[start : start + 50]

    headers = SIGNER.headers(ring(), int(clock.now().timestamp()))
    answer = await door.client.post(PATH, content=pieces(), headers=headers)
    assert answer.status_code == 200
    assert [event.id for event in door.broker.taken] == ["call-1-1"]


async def test_before_the_tenants_are_read_telnyx_is_asked_to_come_again(door: Door) -> None:
    await agency(door.house)
    door.running.tenants_read.clear()
    before = metric("webhooks_total", result="starting")
    answer = await door.post(ring())
    assert answer.status_code == 503
    assert metric("webhooks_total", result="starting") == before + 1
    assert answer.headers["retry-after"] == "5"
    assert (await door.post(ring(), "wrong")).status_code == 401
    assert door.broker.taken == []
    door.running.tenants_read.set()
    assert (await door.post(ring())).status_code == 200


async def test_with_kafka_and_disk_gone_telnyx_is_asked_to_come_again(
    door: Door, tmp_path: Path
) -> None:
    await agency(door.house)
    shutil.rmtree(tmp_path / "spool")
    (tmp_path / "spool").write_text("a file in its place")
    door.broker.away = True
    before = results()
    for signed in (ring(), b"{"):
        answer = await door.post(signed)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"
    assert results()["refused"] == before["refused"] + 2

    (tmp_path / "spool").unlink()
    (tmp_path / "spool").mkdir()
    assert (await door.post(ring())).status_code == 200  # it was not remembered as done
    assert len(list((tmp_path / "spool").iterdir())) == 1


async def test_kafka_alone_gone_is_not_seen_from_outside(door: Door, tmp_path: Path) -> None:
    await agency(door.house)
    door.broker.away = True
    assert (await door.post(ring())).status_code == 200
    stored = b"".join(path.read_bytes() for path in (tmp_path / "spool").iterdir())
    assert stored
    assert b"2025550142" not in stored


@pytest.mark.parametrize("name", [IGNORED, "call_bridged", "brand_update"])
async def test_what_we_know_and_do_not_need_is_answered_and_dropped(door: Door, name: str) -> None:
    before = results()
    assert (await door.post(body(name))).status_code == 200
    assert door.broker.taken == []
    assert results() == before | {"ignored": before["ignored"] + 1}


async def test_the_same_event_twice_is_published_once(door: Door) -> None:
    await agency(door.house)
    before = results()
    for _ in range(5):
        assert (await door.post(ring())).status_code == 200
    await door.post(ring(2))
    assert [event.id for event in door.broker.taken] == ["call-1-1", "call-1-2"]
    after = {"accepted": before["accepted"] + 2, "repeated": before["repeated"] + 4}
    assert results() == before | after


async def test_an_event_of_another_tenant_under_the_same_id_is_another_event(door: Door) -> None:
    other = "+15125550128"
    tenants = [await agency(door.house), await agency(door.house, other, tenant="agencybbb")]
    for number in (OURS, other, OURS):
        assert (await door.post(ring(to=number))).status_code == 200
    assert [event.tenantid for event in door.broker.taken] == [one.tenant for one in tenants]


async def test_other_paths_go_to_the_app(door: Door) -> None:
    assert (await door.client.get("/v1/quarantine")).json()["code"] == "unauthenticated"
    for path in ("/webhooks/telnyx/", "/webhooks", "/"):
        answer = await door.client.post(path, content=ring())
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_every_answer_is_timed(door: Door) -> None:
    await agency(door.house)
    before = metric("webhook_seconds_count")
    for signed in (ring(), b"{", ring()):
        await door.post(signed)
    await door.post(ring(), "wrong")
    await door.client.get("/v1/quarantine")
    assert metric("webhook_seconds_count") == before + 4
    assert metric("webhook_seconds_bucket", le="0.8") > 0


async def test_the_event_continues_the_trace_of_its_webhook(door: Door, tmp_path: Path) -> None:
    await agency(door.house)
    traces.setup_traces("ingest", spans_file=tmp_path / "spans.json", otlp_endpoint=None)
    try:
        await door.post(ring())
    finally:
        traces.shutdown()
    parent = door.broker.taken[0].traceparent
    assert parent is not None
    spans = (tmp_path / "spans.json").read_text()
    assert parent.split("-")[1] in spans
    assert f"POST {PATH}" in spans
    assert "2025550142" not in spans


async def test_events_of_one_call_have_one_key_and_keep_their_order(door: Door) -> None:
    tenant = await agency(door.house)
    bodies = [ring(1), webhook("call.answered", 2), webhook("call.hangup", 3)]
    answers: list[httpx.Response] = [await door.post(each) for each in bodies]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [event.type for event in door.broker.taken] == [
        "call.started",
        "call.answered",
        "call.ended",
    ]
    assert {event.key for event in door.broker.taken} == {f"{tenant.tenant}:call-1".encode()}
