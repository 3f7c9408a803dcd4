"""Two agencies, the services from their declarations, calls and texts as Telnyx has them."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from deploy.simulator import payloads
from deploy.simulator.messages.payloads import Inbound, Notice
from deploy.simulator.payloads import Call, Event, Json
from libs.common import auditkeys
from libs.common.events import TenantSaved
from libs.common.keys import create_platform_keys, create_tenant_keys
from libs.common.service import Service
from services.consent import app as consent
from services.consent.settings import Settings as ConsentSettings
from services.consent.store import Store as Ledger
from services.ingest import app as ingest
from services.ingest.settings import Settings as IngestSettings
from services.ingest.store import Store as Quarantine
from services.insights import app as insights
from services.insights.settings import Settings as InsightsSettings
from services.insights.store import Store as Calls
from services.matcher import app as matcher
from services.matcher.settings import Settings as MatcherSettings
from services.matcher.store import Store as Customers
from services.messaging import app as messaging
from services.messaging.settings import Settings as MessagingSettings
from services.messaging.store import Store as Messages

NOON = datetime(2026, 5, 19, 12, tzinfo=UTC)
CUSTOMER = "+442079460018"
STRANGER = "+442079460019"
TEXTER = "+12025550143"
PROFILE = "740572b6-099c-44a1-89b9-6c92163bc68d"
HOOK = "https://hooks.example.com/webhooks/telnyx"
EVENTS = ("initiated", "answered", "hangup")
AFTER = {"initiated": 0, "answered": 5, "hangup": 25, "missed": 25, "cost": 60}


def agency(tenant: str, number: str, connection: str, region: str) -> TenantSaved:
    """A tenant to whom this number and connection belong."""
    since = NOON - timedelta(days=365)
    known = {"profile": "intnet-iq", "language": "en", "name": tenant, "version": 1}
    numbers, connections = (({"value": v, "valid_from": since},) for v in (number, connection))
    owned = {"numbers": numbers, "connections": connections}
    return TenantSaved.model_validate({"tenant": tenant, "region": region, **owned, **known})


HERE = agency("agencyhere", "+12025550131", "2963572552552678752", "US")
THERE = agency("agencythere", "+12025550177", "2963572552552678753", "GB")
BOTH = (HERE, THERE)


@dataclass(frozen=True, repr=False)
class Declared:
    """The services from their own `build`, over one key file that knows both agencies."""

    ingest: Service[Quarantine]
    matcher: Service[Customers]
    insights: Service[Calls]
    messaging: Service[Messages]
    consent: Service[Ledger]


def declared(folder: Path) -> Declared:
    """As the services' processes have them, but for addresses."""
    keys = folder / "keys.json"
    create_platform_keys(keys)
    for tenant in (HERE, THERE):
        create_tenant_keys(keys, tenant.tenant)
    told: dict[str, Any] = {
        "kafka_url": "kafka.invalid:9092",
        "mongo_url": "mongodb://mongo.invalid",
        "keys_file": keys,
        "jwks_file": folder / "jwks.json",
        "environment": "development",
        "port": 1,
        "admin_port": 2,
    }
    audit = folder / "audit-keys.json"
    auditkeys.create(audit)
    (folder / "telnyx.key").write_text("KEY0123")
    provider: dict[str, Any] = {"telnyx_url": "http://telnyx.invalid", "webhook_url": HOOK}
    signing = [{"key": b64encode(bytes(32)).decode()}]
    return Declared(
        ingest.build(IngestSettings(**told, telnyx_keys=signing, spool=folder / "spool")),
        matcher.build(MatcherSettings(**told)),
        insights.build(InsightsSettings(**told)),
        messaging.build(
            MessagingSettings(**told, **provider, telnyx_key_file=folder / "telnyx.key")
        ),
        consent.build(ConsentSettings(**told, audit_key_file=audit, audit_origin="audit.example")),
    )


def call(session: str = "s-1", tenant: TenantSaved = HERE, minutes: int = 0, **said: Any) -> Call:
    """CUSTOMER calls the agency, so many minutes after NOON."""
    ours = {"to": tenant.numbers[0].value, "connection_id": tenant.connections[0].value}
    ids = {"session_id": session, "leg_id": f"{session}-leg", "control_id": f"v3:{session}"}
    begun = NOON + timedelta(minutes=minutes)
    known = {"direction": "incoming", "started_at": begun, "origin": CUSTOMER}
    return Call(**{**known, **ids, **ours, **said})


def webhook(ringing: Call, name: str, event_id: str | None = None) -> bytes:
    """One event of a call: the body as Telnyx delivers it. `missed` ends it without an answer."""
    at = ringing.started_at + timedelta(seconds=AFTER[name])
    kind = "call.hangup" if name == "missed" else f"call.{name}"
    event = Event(event_id or f"{ringing.session_id}/{name}", kind, at, _payload(ringing, name, at))
    return event.body(1, HOOK)


def text(words: str, minutes: int = 0, tenant: TenantSaved = HERE) -> bytes:
    """TEXTER writes to the agency, so many minutes after NOON: the body as Telnyx delivers it."""
    at = NOON + timedelta(minutes=minutes)
    name = f"{tenant.tenant}/{words}/{minutes}"
    written = Inbound(name, TEXTER, tenant.numbers[0].value, words, PROFILE, at, HOOK)
    return Notice(f"{name}/event", "message.received", at, written.payload()).body(1, HOOK)


def _payload(ringing: Call, name: str, at: datetime) -> Json:
    match name:
        case "initiated":
            return payloads.initiated(ringing)
        case "answered":
            return payloads.answered(ringing)
        case "cost":
            return payloads.cost(ringing, at, seconds=20)
    return payloads.hangup(ringing, at, was_answered=name == "hangup")
