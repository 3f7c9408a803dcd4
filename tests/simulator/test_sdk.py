"""The provider's own SDK accepts what the simulator sends.

Only its signature check and its class for the literal event type count: its choice of a class
is known to be wrong for many real events.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel
from telnyx import Telnyx
from telnyx.types.call_answered_webhook_event import CallAnsweredWebhookEvent
from telnyx.types.call_cost_webhook_event import CallCostWebhookEvent
from telnyx.types.call_hangup_webhook_event import CallHangupWebhookEvent
from telnyx.types.call_initiated_webhook_event import CallInitiatedWebhookEvent

from deploy.simulator import payloads
from deploy.simulator.payloads import Call, Event, Json
from libs.common import clock
from tests.simulator.support import CUSTOMER, OURS, SIGNER, TARGET

AT = datetime(2026, 11, 22, 12, 0, 0, 123456, UTC)
LATER = AT + timedelta(seconds=65)
CLASSES: dict[str, type[BaseModel]] = {
    "call.initiated": CallInitiatedWebhookEvent,
    "call.answered": CallAnsweredWebhookEvent,
    "call.hangup": CallHangupWebhookEvent,
    "call.cost": CallCostWebhookEvent,
}


def call(**other: Any) -> Call:
    basics: dict[str, Any] = {
        "session_id": "b04574f6-53da-11f1-8e4b-02420aef271f",
        "leg_id": "b0457f28-53da-11f1-9961-02420aef271f",
        "control_id": "v3:CM8u1zCcmtZ3Jzb6vuXBSzCLS5p7ww8ypCUpyBJVrubAVjjLAAECYg",
        "connection_id": "2963572552552678752",
        "direction": "incoming",
        "origin": CUSTOMER,
        "to": OURS,
        "started_at": AT,
    }
    return Call(**(basics | other))


PLAIN = call()
VARIANTS: list[tuple[str, Json]] = [
    ("call.initiated", payloads.initiated(PLAIN)),
    ("call.initiated", payloads.initiated(call(origin="anonymous"))),
    ("call.initiated", payloads.initiated(call(origin=payloads.dashed(CUSTOMER)))),
    ("call.initiated", payloads.initiated(call(caller_name="شركة المثال"))),
    ("call.initiated", payloads.initiated(call(screening="spam_likely"))),
    ("call.initiated", payloads.initiated(call(direction="outgoing"))),
    *(
        ("call.initiated", payloads.initiated(call(attestation=level)))
        for level in ("A", "B", "C", "failed")
    ),
    ("call.answered", payloads.answered(PLAIN)),
    ("call.hangup", payloads.hangup(PLAIN, LATER, was_answered=False)),
    ("call.hangup", payloads.hangup(PLAIN, LATER, was_answered=True)),
    ("call.cost", payloads.cost(PLAIN, LATER, 61)),
]


@pytest.mark.parametrize(("kind", "payload"), VARIANTS)
def test_the_sdk_verifies_the_signature(kind: str, payload: Json) -> None:
    body = Event("e", kind, AT, payload).body(1, TARGET)
    headers = dict(SIGNER.headers(body, int(clock.now().timestamp())))
    client = Telnyx(api_key="test", public_key=SIGNER.public)
    client.webhooks.unwrap(body.decode(), headers=headers)
    with pytest.raises(ValueError, match="signature does not match"):
        client.webhooks.unwrap(body.decode() + " ", headers=headers)


@pytest.mark.parametrize("how", ["wrong", "old", "missing"])
def test_the_sdk_refuses_a_spoiled_signature(how: Any) -> None:
    headers = dict(SIGNER.headers(b"{}", int(clock.now().timestamp()), how))
    with pytest.raises(ValueError, match=r"does not match|too old|Missing"):
        Telnyx(api_key="test", public_key=SIGNER.public).webhooks.unwrap("{}", headers=headers)


@pytest.mark.parametrize(("kind", "payload"), VARIANTS)
def test_the_sdks_class_accepts_the_payload(kind: str, payload: Json) -> None:
    event = CLASSES[kind].model_validate_json(Event("e", kind, AT, payload).body(2, TARGET))
    assert event.model_dump()["data"]["payload"]["call_session_id"] == PLAIN.session_id
