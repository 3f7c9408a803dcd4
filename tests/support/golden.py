"""Golden messages: `python -m tests.support.golden` writes those that are not there yet.

A message that lies in `docs/events/golden` is never written again: it stands for the records of
its time. When an event gets a field, give the fact here the field and a new file name.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from libs.common.events import (
    Assignment,
    CallAnswered,
    CallCosted,
    CallEnded,
    CallMatched,
    CallStarted,
    Candidate,
    ConsentHeartbeat,
    Contribution,
    CustomerRemoved,
    CustomerSaved,
    Event,
    ImportFinished,
    ImportProgressed,
    InsightProduced,
    Line,
    Reason,
    Score,
    TenantClosed,
    TenantSaved,
    WebhookQuarantined,
    derived_id,
    enclose,
)
from tests.support.golden_privacy import RIGHTS
from tests.support.golden_sms import TEXTS

FOLDER = Path(__file__).parents[2] / "docs" / "events" / "golden"

TENANT = "goldenagency1"
SESSION = "428c31b6-7af4-4bcb-b7f5-5013ef9657c1"
LEG = "428c31b6-abcd-4bcb-b7f5-5013ef9657c1"
CUSTOMER = "5f0c2f3e-6d0a-4b8e-9a57-0c1d8e0f6b21"
IMPORT = "0d5f7a3c-2b51-4a34-8a7e-6f6a2c9d1e40"
SUBJECT = "1.kQ3v0mJ8r5WcT2yZ7uXb9A"
RANG = datetime(2026, 5, 19, 23, 30, 15, 38431, tzinfo=UTC)
TAKEN = datetime(2026, 5, 19, 23, 30, 21, 500000, tzinfo=UTC)
OVER = datetime(2026, 5, 19, 23, 34, 2, tzinfo=UTC)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
PROGRESS = {"rows": 320, "created": 201, "updated": 87, "unchanged": 25, "rejected": 7}


def _assigned(value: str, until: datetime | None = None) -> Assignment:
    return Assignment(value=value, valid_from=SINCE, valid_to=until)


def _score(signal: str, value: str, weight: float, intensity: float) -> Score:
    points = weight * intensity
    part = Contribution(
        signal=signal,
        value=value,
        weight=weight,
        intensity=intensity,
        contribution=points,
        sentence="What the agent reads.",
    )
    return Score(points=20 + points, band="low", base=20, contributions=(part,))


CALLS: dict[str, Event] = {
    "call.started.v1": CallStarted(
        session_id=SESSION,
        leg_id=LEG,
        occurred_at=RANG,
        direction="incoming",
        started_at=RANG,
        line="+15125550127",
        connection_id="2963572552552678752",
        party="+12025550142",
        party_kind="number",
        subject=SUBJECT,
        caller_name="DOE JANE",
        attestation="A",
        screening="no_flag",
    ),
    "call.answered.v1": CallAnswered(
        session_id=SESSION, leg_id=LEG, occurred_at=TAKEN, started_at=RANG
    ),
    "call.ended.v1": CallEnded(
        session_id=SESSION,
        leg_id=LEG,
        occurred_at=OVER,
        started_at=RANG,
        ended_at=OVER,
        cause="normal_clearing",
        source="caller",
        sip_code="200",
    ),
    "call.costed.v1": CallCosted(
        session_id=SESSION,
        leg_id=LEG,
        occurred_at=OVER,
        total="0.0140",
        currency="USD",
        billed_seconds=240,
    ),
    "call.matched.v1-2": CallMatched(
        session_id=SESSION,
        subject=SUBJECT,
        outcome="matched",
        candidates=(
            Candidate(
                customer_id=CUSTOMER,
                name="Jane Doe",
                confidence=0.95,
                reasons=(Reason(code="exact", sentence="The number is the one on file."),),
                status="active",
                renewal_on=date(2026, 6, 3),
                customer_since=date(2019, 2, 28),
            ),
        ),
        shared_by=1,
        matched_at=RANG,
    ),
    "insight.produced.v1": InsightProduced(
        insight_id=derived_id(SESSION, "insight.produced"),
        session_id=SESSION,
        version=2,
        model="calls-1",
        as_of=RANG,
        risk=_score("attestation", "A", 40, -0.25),
        retention=_score("renewal", "15", 30, 0.5),
        lines=(Line(code="who", tone="good", sentence="The number of Jane Doe."),),
        inputs=(f"customer/{CUSTOMER}", f"call/{SESSION}"),
    ),
}

OTHERS: dict[str, Event] = {
    "customer.saved.v1": CustomerSaved(customer_id=CUSTOMER, version=3, subjects=(SUBJECT,)),
    "customer.removed.v1-2": CustomerRemoved(customer_id=CUSTOMER, removed_at=OVER),
    "import.progressed.v1": ImportProgressed(import_id=IMPORT, **PROGRESS),
    "import.finished.v1": ImportFinished(import_id=IMPORT, state="finished", **PROGRESS),
    "tenant.saved.v1": TenantSaved(
        tenant=TENANT,
        version=4,
        name="Golden Agency",
        profile="intnet-iq",
        region="US",
        language="en",
        timezone="America/Chicago",
        numbers=(_assigned("+15125550127"), _assigned("+15125550128", RANG)),
        connections=(_assigned("2963572552552678752", RANG),),
        messaging_profiles=(_assigned("40017f5c-3c1f-4b5e-8f6a-1f6b1f6b1f6b", RANG),),
    ),
    "tenant.closed.v1": TenantClosed(tenant=TENANT),
    "webhook.quarantined.v1": WebhookQuarantined(
        webhook_id="0ccc7b54-4df3-4bca-a65a-3da1ecc777f0",
        reason="no_tenant",
        event_type="call.initiated",
        received_at=RANG,
        sealed="c2VhbGVkIGJ5dGVz",
    ),
    **TEXTS,
    **RIGHTS,
}


def message(fact: Event) -> str:
    """The fact in a full envelope, as a file."""
    tenant = "platform" if isinstance(fact, WebhookQuarantined | ConsentHeartbeat) else TENANT
    sent = enclose(fact, tenant, id=derived_id("golden", fact.TYPE), source="golden", time=OVER)
    traced = sent.model_copy(
        update={
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "causationid": derived_id("golden", "cause"),
        }
    )
    return json.dumps(json.loads(traced.to_json()), indent=2, ensure_ascii=False) + "\n"


def write(folder: Path, facts: Mapping[str, Event]) -> list[str]:
    """Writes the messages that are missing and returns their names."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [name for name in facts if not (folder / f"{name}.json").exists()]
    for name in missing:
        (folder / f"{name}.json").write_text(message(facts[name]), "utf-8")
    return missing


if __name__ == "__main__":
    print(*write(FOLDER, CALLS | OTHERS), sep="\n")
