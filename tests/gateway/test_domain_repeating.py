"""What a repetition is answered, decided without any I/O."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.gateway.domain.openapi_repeating import repeatable
from services.gateway.domain.permissions import TABLE, Operation, find
from services.gateway.domain.repeating import (
    ELSEWHERE,
    HARMLESS,
    KEPT,
    UNKEPT,
    Answer,
    Claim,
    Known,
    fate,
    keeps,
    takes,
    usable,
    worth_keeping,
)
from services.gateway.domain.roles import OPEN
from tests.gateway.house import AT

MINUTE = timedelta(minutes=1)
CLAIM = Claim("a", "f", "print", AT, AT + MINUTE)
ANSWERED = Known(CLAIM, "kept", Answer(201, {}, b"{}"))


def row(name: str) -> Operation:
    method, template = name.split(" ")
    found = find(method, template.replace("{", "").replace("}", ""))
    assert found
    return found


@pytest.mark.parametrize(
    ("key", "good"),
    [
        (b"!", True), (b"~" * 255, True), (b'"8e03978e"', True), (b"", False), (b"~" * 256, False),
        (b"a b", False), (b"caf\xc3\xa9", False), (b"a\n", False),
    ],
)  # fmt: skip
def test_a_key_is_visible_ascii(key: bytes, good: bool) -> None:
    assert usable(key) is good


def test_the_rule_is_for_every_post_of_agencies_that_does_something() -> None:
    rows = [Operation(*at, scope) for at, scope in TABLE.items()]
    posts = {str(one) for one in rows if one.method == "POST" and one.template[:4] == "/v1/"}
    opened = {str(one) for one in rows if one.scope == OPEN}
    assert {str(one) for one in rows if takes(one)} == posts
    assert {str(one) for one in rows if keeps(one)} == posts - opened - ELSEWHERE - UNKEPT
    assert posts >= ELSEWHERE | UNKEPT | HARMLESS
    assert keeps(row("POST /v1/keys"))
    assert not ELSEWHERE & UNKEPT


def test_the_same_request_is_answered_the_same_for_a_day() -> None:
    last = AT + KEPT - timedelta(milliseconds=1)
    assert ANSWERED.reply("print", False, last) == "replay"
    assert ANSWERED.reply("print", False, AT + KEPT) == "free"
    assert ANSWERED.reply("other", True, last) == "mismatch"
    assert ANSWERED.reply("other", True, AT + KEPT) == "free"


def test_what_is_not_given_out_any_more_was_done_all_the_same() -> None:
    assert replace(ANSWERED, withheld_at=AT).reply("print", True, AT) == "gone"
    before = AT - timedelta(milliseconds=1)
    assert replace(ANSWERED, withheld_at=before).reply("print", True, AT) == "replay"
    assert replace(ANSWERED, answer=None).reply("print", True, AT) == "gone"
    assert Known(CLAIM, "gone").reply("print", True, AT) == "gone"


def test_one_that_is_in_hand_is_waited_for_and_then_in_doubt() -> None:
    known, over = Known(CLAIM, "in_hand"), AT + MINUTE
    assert known.reply("print", False, AT) == "in_hand"
    assert known.reply("other", False, AT) == "mismatch"
    assert known.reply("print", False, over) == "unknown"
    assert known.reply("print", True, over) == "free"
    coming = Known(replace(CLAIM, fingerprint=None), "in_hand")
    assert coming.reply("any", True, AT) == "in_hand"
    assert Known(CLAIM, "unknown").reply("print", False, AT) == "unknown"


@pytest.mark.parametrize(
    ("name", "status", "expected"),
    [
        ("POST /v1/keys", 201, "kept"),
        ("POST /v1/keys", 409, "kept"),
        ("POST /v1/keys", 422, "kept"),
        ("POST /v1/keys", 401, "free"),
        ("POST /v1/keys", 500, "unknown"),
        ("POST /v1/keys", 503, "free"),
        ("POST /v1/keys", 504, "unknown"),
        ("POST /v1/customers", 504, "free"),
        ("POST /v1/customers", 500, "free"),
        ("POST /v1/imports", 202, "kept"),
        ("POST /v1/imports", 422, "free"),
    ],
)
def test_a_key_is_free_again_where_nothing_was_done(name: str, status: int, expected: str) -> None:
    assert fate(row(name), status, {}) == expected


def test_who_is_to_come_again_may() -> None:
    assert fate(row("POST /v1/keys"), 429, {"retry-after": "3"}) == "free"
    assert fate(row("POST /v1/keys"), 409, {"retry-after": "1"}) == "free"


def test_headers_of_one_sending_are_not_kept() -> None:
    told = {"location": "/v1/x", "etag": '"3"', "set-cookie": "sid=x", "traceparent": "00-1"}
    assert worth_keeping(told) == {"location": "/v1/x", "etag": '"3"'}


def test_every_post_in_the_document_takes_the_header() -> None:
    for at, scope in TABLE.items():
        one = Operation(*at, scope)
        responses: dict[str, Any] = {"201": {"description": "Made."}, "404": {}}
        told: Any = repeatable({"operationId": "x", "parameters": [{"name": "id"}]}, responses, one)
        names = [parameter["name"] for parameter in told["parameters"]]
        assert names == (["id", "Idempotency-Key"] if takes(one) else ["id"])
        assert ("headers" in responses["201"]) is keeps(one)
        assert responses["404"] == {}
        assert repeatable(told, responses, one) == told
