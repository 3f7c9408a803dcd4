"""What apps are told, how it is signed, when it is tried again, when an endpoint is given up."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from libs.common import clock
from libs.common.events import (
    CallMatched,
    CallStarted,
    Candidate,
    ConsentChanged,
    CustomerRemoved,
    Envelope,
)
from services.gateway.app import CONSUMES
from services.gateway.domain.hooks import signing
from services.gateway.domain.hooks.delivery import (
    JITTER,
    WAITS,
    Delivery,
    Outcome,
    delivery_id,
    owed,
)
from services.gateway.domain.hooks.endpoint import GRACE, MOST_SECRETS, PATIENCE, Endpoint, Secret
from services.gateway.domain.hooks.telling import TOLD, Kind, Thin, thin
from tests.support.golden import FOLDER

AT = datetime(2026, 5, 19, 12, tzinfo=UTC)
LATER = AT + timedelta(seconds=3)
OK, DOWN, GONE = Outcome(204), Outcome(trouble="connect"), Outcome(410)


def ring(**values: Any) -> CallStarted:
    return CallStarted(
        session_id="ses_1", leg_id="leg_1", occurred_at=AT, started_at=AT, direction="incoming",
        line="+12025550100", party="+12125550100", party_kind="number", subject="5ub",
        caller_name="Noura", **values,
    )  # fmt: skip


def match(outcome: str) -> CallMatched:
    who = Candidate(customer_id="cus_1", name="Peregrina", confidence=0.9, reasons=())
    return CallMatched(session_id="ses_1", subject="5ub", outcome=outcome, candidates=(who,))


def endpoint(**values: Any) -> Endpoint:
    return Endpoint(
        **{
            "id": "whk_1", "url": "https://hooks.example.com/", "events": ("call.started",),
            "secrets": (Secret(b"new"),), "created_at": AT, **values,
        }
    )  # fmt: skip


def delivery(**values: Any) -> Delivery:
    return replace(owed(thin(ring(), AT), "evt_1", "whk_1", AT), **values)


def test_the_types_to_choose_from_are_those_that_are_consumed() -> None:
    kinds = {kind.TYPE for kind in TOLD}
    assert kinds == set(get_args(Kind))
    assert kinds | {"erasure.ordered"} == {kind.TYPE for kind, _ in CONSUMES}


def test_a_ring_tells_its_call_and_nothing_of_the_caller() -> None:
    told = thin(ring(), LATER)
    assert json.loads(told.body) == {
        "type": "call.started",
        "timestamp": "2026-05-19T12:00:00.000Z",
        "data": {"call_id": "ses_1", "direction": "incoming"},
    }
    assert (told.subject, told.call, told.customer) == ("5ub", "ses_1", None)


def test_a_match_names_the_customer_only_where_one_stands_out() -> None:
    assert thin(match("matched"), AT).data == {
        "call_id": "ses_1", "outcome": "matched", "customer_id": "cus_1",
    }  # fmt: skip
    ambiguous = thin(match("ambiguous"), AT)
    assert ambiguous.data == {"call_id": "ses_1", "outcome": "ambiguous"}
    assert ambiguous.customer is None


def test_a_change_of_consent_names_its_person_by_code_and_a_removal_the_record() -> None:
    change = ConsentChanged(subject="5ub", version=4, changed_at=AT)
    assert thin(change, LATER).data == {"subject": "5ub", "version": 4}
    removal = thin(CustomerRemoved(customer_id="cus_1"), LATER)
    assert (removal.data, removal.customer, removal.at) == (
        {"customer_id": "cus_1"}, "cus_1", LATER,
    )  # fmt: skip


@pytest.mark.parametrize("kind", list(TOLD), ids=[kind.TYPE for kind in TOLD])
def test_no_event_tells_more_than_ids_versions_and_state_words(kind: Any) -> None:
    envelope = Envelope.from_json((FOLDER / f"{kind.TYPE}.v1.json").read_bytes())
    fact = kind.model_validate(envelope.data)
    data = dict(thin(fact, AT).data)
    for name, value in data.items():
        assert name.endswith("_id") or name in {
            *("subject", "version", "state", "direction", "outcome", "cause", "code", "reason"),
        }, name  # fmt: skip
        assert isinstance(value, str | int)
        assert " " not in str(value)
        assert "+" not in str(value)
    assert len(json.dumps(data)) < 300


def test_a_repeated_event_is_the_same_delivery_and_another_endpoints_is_not() -> None:
    assert delivery_id("evt_1", "whk_1") == delivery_id("evt_1", "whk_1")
    others = {delivery_id("evt_1", "whk_2"), delivery_id("evt_2", "whk_1")}
    assert len(others | {delivery_id("evt_1", "whk_1")}) == 3
    assert delivery().about == ("call:ses_1",)


def test_a_signature_is_what_the_standard_says_computed_by_hand() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = '{"test": 2432232314}'
    at = datetime.fromtimestamp(1614265330, UTC)
    found = signing.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", at, body, [secret])
    assert found == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{body}".encode()
    mine = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert found["webhook-signature"] == f"v1,{mine}"


def test_each_of_two_secrets_verifies_and_a_third_does_not() -> None:
    new, old, other = (signing.new_secret() for _ in range(3))
    assert len({new, old, other}) == 3
    body = thin(ring(), AT).body
    headers = signing.headers("msg_1", clock.now(), body, [new, old])
    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (new, old):
        assert Webhook(secret).verify(body, headers)["type"] == "call.started"
    for secret, sent in ((other, body), (new, body.replace("ses_1", "ses_2"))):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(sent, headers)


def test_attempts_are_spread_over_three_days_and_then_given_up() -> None:
    for luck in (0.0, 1.0):
        one, now = delivery(), AT
        for count, wait in enumerate(WAITS, start=1):
            one = one.after(DOWN, now, luck)
            assert (one.state, one.attempts, one.trouble) == ("pending", count, "connect")
            assert one.next_at == now + wait * (1 + JITTER * luck)
            now = one.next_at
        assert now - AT >= PATIENCE
        assert now - AT < 1.3 * PATIENCE
        last = one.after(DOWN, now, luck)
        assert (last.state, last.next_at, last.attempts) == ("failed", None, len(WAITS) + 1)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_only_2xx_is_success(status: int) -> None:
    one = delivery().after(DOWN, AT, 0).after(Outcome(status), LATER, 0)
    assert (one.state, one.status, one.trouble) == ("delivered", status, None)
    assert (one.next_at, one.last_at, one.attempts) == (None, LATER, 2)


@pytest.mark.parametrize("status", [100, 199, 300, 301, 307, 400, 404, 429, 500, 503])
def test_anything_else_is_tried_again(status: int) -> None:
    one = delivery().after(Outcome(status), AT, 0)
    assert (one.state, one.status, one.trouble) == ("pending", status, "answer")
    assert endpoint().after(Outcome(status), AT).failing_since == AT


def test_gone_ends_the_delivery_and_the_endpoint_at_once() -> None:
    assert delivery().after(GONE, AT, 0).state == "failed"
    after = endpoint().after(GONE, LATER)
    assert (after.disabled, after.disabled_at) == ("gone", LATER)
    assert not after.wants("call.started")


def test_sent_by_hand_it_has_the_same_id_and_all_its_retries_again() -> None:
    failed = delivery(attempts=11, tries=11, state="failed")
    again = failed.again(LATER)
    assert (again.id, again.state, again.next_at) == (failed.id, "pending", LATER)
    tried = again.after(DOWN, LATER, 0)
    assert (tried.state, tried.attempts, tried.next_at) == ("pending", 12, LATER + WAITS[0])


def test_an_endpoint_that_fails_for_three_days_is_disabled_unless_it_took_something() -> None:
    failing = endpoint().after(DOWN, AT)
    assert (failing.disabled, failing.failing_since) == (None, AT)
    nearly = AT + PATIENCE - timedelta(seconds=1)
    assert failing.after(DOWN, nearly).disabled is None
    over = failing.after(DOWN, AT + PATIENCE)
    assert (over.disabled, over.disabled_at) == ("failing", AT + PATIENCE)
    assert over.after(OK, AT + PATIENCE) == over
    well = failing.after(OK, nearly)
    assert well.failing_since is None
    assert well.after(DOWN, AT + PATIENCE).disabled is None
    assert over.on() == endpoint()
    assert over.off("by_hand", LATER) == over


def test_an_old_secret_signs_for_a_day_beside_the_new_one() -> None:
    rotated = endpoint(secrets=(Secret(b"one"),)).rotated(b"two", AT)
    assert [one.sealed for one in rotated.signing(AT)] == [b"two", b"one"]
    end = AT + GRACE
    assert [one.sealed for one in rotated.signing(end - timedelta(seconds=1))] == [b"two", b"one"]
    assert [one.sealed for one in rotated.signing(end)] == [b"two"]
    third = rotated.rotated(b"three", AT + timedelta(hours=1))
    assert [one.until for one in third.secrets] == [None, end + timedelta(hours=1), end]
    for number in range(9):
        third = third.rotated(bytes([number]), AT)
    assert len(third.secrets) == MOST_SECRETS
    assert next(one.sealed for one in third.rotated(b"x", end).signing(end)) == b"x"


def test_what_an_endpoint_did_not_choose_it_does_not_want() -> None:
    assert endpoint().wants("call.started")
    assert not endpoint().wants("call.ended")
    assert not endpoint().off("by_hand", AT).wants("call.started")


def test_a_payload_is_the_same_text_on_every_attempt() -> None:
    told = Thin("call.started", AT, {"call_id": "ses_1"})
    assert told.body == Thin("call.started", AT, {"call_id": "ses_1"}).body
