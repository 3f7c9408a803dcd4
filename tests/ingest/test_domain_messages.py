"""Texts and receipts: the facts in them, whose they are, and what never passes."""

import json

import pytest

from libs.common.events import MessageReceived, MessageStatus
from services.ingest.domain.envelope import read
from services.ingest.domain.family import Ignored, Reading
from services.ingest.domain.messages import FAMILY, ends
from services.ingest.domain.refusal import NotUnderstood, Why
from services.ingest.domain.routing import Ends
from tests.ingest.domain_support import (
    MESSAGES,
    READING,
    body,
    changed,
    code,
    document,
    message,
    sealed,
)

SENDER, OURS = "+13125550101", "+17735550102"
PROFILE = "740572b6-099c-44a1-89b9-6c92163bc68d"


def refusal(raw: bytes) -> NotUnderstood:
    with pytest.raises(NotUnderstood) as refused:
        FAMILY.translate(read(raw), READING)
    return refused.value


@pytest.mark.parametrize("name", MESSAGES)
def test_each_event_has_its_fact(name: str) -> None:
    kind = MessageReceived if "received" in name else MessageStatus
    assert type(FAMILY.translate(read(body(name)), READING)) is kind


def test_a_text() -> None:
    assert message(body("message_received")) == {
        "message_id": "84cca175-9755-4859-b67f-4730d7f58aa3",
        "occurred_at": "2024-01-15T20:16:07.503000Z",
        "line": OURS,
        "messaging_profile": PROFILE,
        "party": SENDER,
        "party_kind": "number",
        "subject": code(SENDER),
        "sealed": sealed("Hello from Telnyx!"),
        "keyword": "none",
        "autoresponse": None,
        "parts": 1,
        "media": 0,
    }


def test_a_stop_that_the_provider_has_answered() -> None:
    stop = message(body("message_received_stop"))
    assert (stop["keyword"], stop["autoresponse"]) == ("stop", "stop")
    assert (stop["party"], stop["line"]) == ("+12025550143", OURS)


@pytest.mark.parametrize(
    ("text", "answered", "keyword"),
    [
        ("Hush", "STOP", "stop"),
        ("INFO", "STOP", "stop"),
        ("START", "STOP", "stop"),
        ("please stop texting", "STOP", "stop"),
        ("stop", "HELP", "stop"),
        ("stop", "START", "stop"),
        ("please stop texting", "START", "suspected"),
        ("please stop texting", "HELP", "suspected"),
        ("Hello again", "START", "start"),
        ("Hello again", "HELP", "help"),
        ("START", "HELP", "start"),
        ("HELP", "START", "help"),
        ("START", "NEW", "start"),
        ("Hello again", "SUSPECTED", "none"),
    ],
)
def test_of_our_word_and_the_providers_the_stricter_counts(
    text: str, answered: str, keyword: str
) -> None:
    told = message(changed("message_received", text=text, autoresponse_type=answered))
    assert (told["keyword"], told["autoresponse"]) == (keyword, answered.lower())


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("Stop.", "stop"),
        ("إيقاف", "stop"),
        ("please stop texting me", "suspected"),
        ("START", "start"),
        ("HELP", "help"),
        ("See you at nine", "none"),
    ],
)
def test_what_a_text_asks_for_is_read_before_it_is_sealed(text: str, keyword: str) -> None:
    assert message(changed("message_received", text=text))["keyword"] == keyword


def test_pictures_without_a_text_are_counted_and_not_kept() -> None:
    pictures = message(body("message_received_mms"))
    assert (pictures["sealed"], pictures["keyword"], pictures["media"]) == (None, "none", 2)
    assert (pictures["parts"], pictures["occurred_at"]) == (None, "2024-01-15T20:16:07.588000Z")
    assert pictures["line"] is None  # to two numbers; which of them is ours is not said
    assert "example.com" not in json.dumps(pictures)


@pytest.mark.parametrize("text", [None, ..., ""])
@pytest.mark.parametrize("media", [None, ..., [], {}, "x"])
def test_neither_text_nor_pictures_is_a_message_too(text: object, media: object) -> None:
    empty = message(changed("message_received", text=text, media=media))
    assert (empty["sealed"], empty["media"]) == (None, 0)


def test_a_text_is_kept_to_the_letter_and_however_long() -> None:
    text = "  Grüße\0 \u200f مرحبا 👍 " + "x" * 5_000
    unsealed = Reading("US", code, str)
    fact = FAMILY.translate(read(changed("message_received", text=text)), unsealed)
    assert isinstance(fact, MessageReceived)
    assert fact.sealed == text


def test_a_receipt() -> None:
    assert message(body("message_finalized_delivered")) == {
        "message_id": "ac012cbf-5e09-46af-a69a-7c0e2d90993c",
        "reference": None,
        "occurred_at": "2024-01-15T21:32:14.148000Z",
        "status": "delivered",
        "errors": [],
        "parts": 1,
        "cost": "0.0051",
        "currency": "USD",
        "subject": code("+13125550102"),
    }


def test_a_failure_has_its_code_and_nothing_of_its_wording() -> None:
    receipt = message(body("message_finalized_failed"))
    assert (receipt["status"], receipt["errors"]) == ("delivery_failed", ["40008"])
    assert "carrier" not in json.dumps(receipt)


def test_a_text_belongs_to_whom_it_came_and_a_receipt_to_who_wrote() -> None:
    received = read(body("message_received"))
    at = received.payload.moment("received_at")
    assert at is not None
    assert ends(received) == Ends(at, to=OURS, messaging_profile=PROFILE)
    sent = ends(read(body("message_sent")))
    assert (sent.to, sent.origin, sent.also_to) == (None, SENDER, ())
    assert sent.messaging_profile == "83d2343b-553f-4c5f-b8c8-fd27004f94bf"


def test_all_recipients_of_a_group_count() -> None:
    group = ends(read(body("message_received_mms")))
    assert (group.to, group.also_to) == (OURS, ("+17735550103",))


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("message_received", "id", None),
        ("message_received", "id", "a b"),
        ("message_received", "text", 12345),
        ("message_received", "text", ["STOP"]),
        ("message_received", "from", 13125550101.5),
        ("message_received", "from", True),
        ("message_received", "from", -13125550101),
        ("message_received", "from", 10**15),
        ("message_received", "from", [[SENDER]]),
        ("message_sent", "id", 5),
        ("message_sent", "to", [{"phone_number": [SENDER]}, {"phone_number": OURS}]),
    ],
)
def test_an_unusable_field_is_named(name: str, field: str, value: object) -> None:
    refused = refusal(changed(name, **{field: value}))
    assert (refused.why, refused.field) == (Why.FIELD, f"data.payload.{field}")


@pytest.mark.parametrize("kind", ["message.read", "replaced_link_click", "10dlc.campaign.update"])
def test_what_is_known_and_not_needed_is_ignored(kind: str) -> None:
    assert FAMILY.knows(kind)
    assert kind not in FAMILY.facts
    event = document("message_sent")
    event["data"]["event_type"] = kind
    assert FAMILY.translate(read(json.dumps(event).encode()), READING) == Ignored(kind)


@pytest.mark.parametrize("kind", ["message.of.tomorrow", "messaging-profile.spend-limit-reached"])
def test_what_is_unknown_is_not_ours_to_ignore(kind: str) -> None:
    assert not FAMILY.knows(kind)


@pytest.mark.parametrize("name", MESSAGES)
def test_what_is_personal_and_not_declared_stays_out(name: str) -> None:
    secret = "jane.doe.sentinel"
    parties = {
        side: [{"phone_number": SENDER, "carrier": secret, "name": secret}]
        for side in ("from", "to")
    }
    rows = [{"code": "40008", "title": secret, "detail": secret, "meta": {"url": secret}}]
    extra = {"subject": secret, "text": secret, "body": secret, "tags": [secret], "cc": [secret]}
    media = [{"url": secret, "sha256": secret}]
    url = f"https://{secret}/?x={secret}"
    raw = changed(name, **parties, **extra, errors=rows, media=media, webhook_url=url)
    assert secret not in json.dumps(message(raw))
