"""What the benchmarks send is what ingest accepts, and the comparison with the floor can fail."""

import json
import struct
from datetime import timedelta
from pathlib import Path
from typing import Any

import httptools
import pytest

from deploy.bench.customers import drafts, numbers, sheet
from deploy.bench.imports import by_the_library
from deploy.bench.likeness import NotTheSame, envelope_of, require_same
from deploy.bench.requests import PATH, Webhook, packed, reserved, rings
from deploy.bench.stage import LINE, TENANT, saved
from deploy.simulator.signing import Signer
from libs.common import clock
from libs.common.events import CallStarted, Envelope, fact_of
from libs.common.keys import Keys, create_tenant_keys
from libs.common.phone import normalise
from services.ingest.domain.signature import PublicKey, Unsigned, verify
from services.matcher.domain.sheet import Sheet


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer.of(tmp_path / "telnyx.json")


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    create_tenant_keys(tmp_path / "keys.json", TENANT)
    return Keys(tmp_path / "keys.json")


@pytest.fixture
def webhooks(signer: Signer) -> list[Webhook]:
    return rings(40, LINE, signer, clock.now())


class Request:
    """A raw request as uvicorn's parser reads it."""

    def __init__(self, raw: bytes) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.path = b""
        self.body = b""
        self.complete = False
        httptools.HttpRequestParser(self).feed_data(raw)

    def on_url(self, url: bytes) -> None:
        self.path += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name, value))

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.complete = True


def test_ingest_believes_every_request(webhooks: list[Webhook], signer: Signer) -> None:
    key = PublicKey.of(signer.public)
    for webhook in webhooks:
        request = Request(webhook.wire())
        assert (request.path.decode(), request.complete) == (PATH, True)
        assert request.body == webhook.body
        assert verify(request.headers, request.body, [key], clock.now()) is key


def test_a_request_is_not_believed_for_ever(webhooks: list[Webhook], signer: Signer) -> None:
    request = Request(webhooks[0].wire())
    key, late = PublicKey.of(signer.public), clock.now() + timedelta(minutes=6)
    with pytest.raises(Unsigned, match="stale"):
        verify(request.headers, request.body, [key], late)


def test_ingest_accepts_every_body_for_the_tenant(webhooks: list[Webhook], keys: Keys) -> None:
    for webhook in webhooks:
        envelope = envelope_of(webhook.body, saved(TENANT, LINE), keys)
        fact = fact_of(envelope, CallStarted)
        assert envelope.key == f"{TENANT}:{webhook.session_id}".encode()
        assert envelope.id == webhook.event_id
        assert (fact.line, fact.party_kind) == (LINE, "number")
        assert fact.subject == keys.code(TENANT, str(fact.party))


def test_some_callers_have_a_name_and_some_an_attestation(
    webhooks: list[Webhook], keys: Keys
) -> None:
    tenant = saved(TENANT, LINE)
    facts = [fact_of(envelope_of(w.body, tenant, keys), CallStarted) for w in webhooks]
    assert {fact.caller_name for fact in facts} == {"Dana Whitfield", None}
    assert {fact.attestation for fact in facts} == {"A", "B", None}


def test_no_two_requests_are_the_same_event(webhooks: list[Webhook]) -> None:
    assert len({webhook.event_id for webhook in webhooks}) == len(webhooks)
    assert len({webhook.session_id for webhook in webhooks}) == len(webhooks)


def test_the_file_holds_each_request_after_its_length(webhooks: list[Webhook]) -> None:
    data, found = packed(webhooks), []
    while data:
        (size,) = struct.unpack(">I", data[:4])
        found.append(data[4 : 4 + size])
        data = data[4 + size :]
    assert found == [webhook.wire() for webhook in webhooks]


def test_a_call_of_another_line_is_no_request_to_measure_with(signer: Signer, keys: Keys) -> None:
    (webhook,) = rings(1, "+12025550199", signer, clock.now())
    with pytest.raises(NotTheSame, match="does not accept"):
        envelope_of(webhook.body, saved(TENANT, LINE), keys)


@pytest.fixture
def envelope(webhooks: list[Webhook], keys: Keys) -> Envelope:
    return envelope_of(webhooks[0].body, saved(TENANT, LINE), keys)


def said(envelope: Envelope) -> dict[str, Any]:
    """What a floor says that makes the same of it."""
    return {"key": envelope.key.decode(), "value": json.loads(envelope.to_json())}


def test_a_floor_that_makes_the_same_later_is_the_same(envelope: Envelope) -> None:
    theirs = said(envelope)
    theirs["value"]["time"] = "2020-01-01T00:00:00Z"
    require_same(envelope, theirs)


@pytest.mark.parametrize("field", ["subject", "party", "line", "attestation", "occurred_at"])
def test_a_floor_that_selects_other_fields_is_seen(envelope: Envelope, field: str) -> None:
    theirs = said(envelope)
    theirs["value"]["data"][field] = "2020-01-01T00:00:00Z"
    with pytest.raises(NotTheSame, match="other fields"):
        require_same(envelope, theirs)


@pytest.mark.parametrize("field", ["id", "type", "tenantid", "subject", "dataschema"])
def test_a_floor_with_another_envelope_is_seen(envelope: Envelope, field: str) -> None:
    theirs = said(envelope)
    theirs["value"][field] = "another"
    with pytest.raises(NotTheSame, match="envelope"):
        require_same(envelope, theirs)


def test_a_floor_with_another_key_or_none_is_seen(envelope: Envelope) -> None:
    with pytest.raises(NotTheSame, match="key"):
        require_same(envelope, {"fault": "not understood"})


def test_the_callers_are_numbers_reserved_for_fiction() -> None:
    found = reserved()
    assert len(set(found)) == len(found) > 30_000
    assert all(number[5:10] == "55501" for number in found)
    assert [normalise(number, "US") for number in found[:300]] == list(found[:300])


def test_a_draft_has_what_the_sheet_would_have_read() -> None:
    (draft,) = drafts(1)
    text = f"Policy Number,Name,Mobile Phone,Policy Status\nBENCH-0,X,{reserved()[0]},Active\n"
    read = Sheet("US")
    (reading,) = read.feed(text.encode()) + read.close()
    assert reading.draft is not None
    assert reading.draft.numbers == draft.numbers
    assert reading.draft.external_id == draft.external_id


def test_most_lines_of_the_sheet_land_and_the_junk_does_not() -> None:
    read = Sheet("US")
    readings = read.feed(sheet(1000, "B")) + read.close()
    landed = [reading.draft for reading in readings if reading.draft]
    assert len(readings) == 1000
    assert 950 <= len(landed) <= 980
    assert len({draft.external_id for draft in landed}) == len(landed)
    assert sum(draft.numbers[0].region != "US" for draft in landed if draft.numbers) >= 80


def test_both_readers_of_numbers_say_the_same() -> None:
    texts = set(numbers(1000))
    assert [normalise(text, "US") for text in texts] == [by_the_library(text) for text in texts]
