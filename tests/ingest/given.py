"""ingest to test: events, a broker of the tests' own, a door, and signatures like Telnyx's."""

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from nacl.signing import SigningKey

from deploy.simulator.signing import Signature, Signer
from libs.common import clock
from libs.common.bus import Producer, Unavailable
from libs.common.bus.producer import PUBLISH_SECONDS
from libs.common.events import CallStarted, Envelope, TenantSaved, enclose
from libs.common.keys import Keys, create_platform_keys
from libs.common.service import Running
from services.ingest.app import build
from services.ingest.settings import Settings
from services.ingest.spool import Spool
from services.ingest.store import Store
from tests.support.http import Harness, harness

AT = datetime(2026, 5, 19, 12, tzinfo=UTC)
CALLER = "+12025550142"
OURS = "+15125550127"
CONNECTION = "2963572552552678752"
SIGNER = Signer(SigningKey(b"\x07" * 32))
SINCE = {"valid_from": datetime(2020, 1, 1, tzinfo=UTC)}


def event(number: int, call: str = "call-1") -> Envelope:
    """An event of a call; `number` makes it different from the others."""
    at = AT + timedelta(seconds=number)
    fact = CallStarted(
        session_id=call,
        leg_id=f"leg-{number}",
        occurred_at=at,
        direction="incoming",
        started_at=at,
        party=CALLER,
        party_kind="number",
        caller_name="Ada Example",
    )
    return enclose(fact, "agencyaaa", id=f"event-{number}", source="ingest", time=at)


def keys(folder: Path) -> Keys:
    create_platform_keys(folder / "keys.json")
    return Keys(folder / "keys.json")


def spool(folder: Path, limit: int = 1_000_000) -> Spool:
    """A spool whose key file lies beside its folder."""
    return Spool(folder / "spool", limit, keys(folder))


def ids(envelopes: Any) -> list[str]:
    return [envelope.id for envelope in envelopes]


async def drained(of: Spool) -> list[str]:
    """Takes everything out; the ids in the order in which they came out."""
    found: list[str] = []
    while oldest := await of.oldest():
        path, envelopes = oldest
        found += ids(envelopes)
        await of.remove(path)
    return found


def files(folder: Path, kind: str = "spool") -> list[Path]:
    return sorted((folder / "spool").glob(f"*.{kind}"))


def numbers(*which: int) -> list[str]:
    return [f"event-{number}" for number in which]


async def filled(folder: Path, count: int = 3) -> Spool:
    """A spool with so many events, in one segment."""
    made = spool(folder)
    for number in range(1, count + 1):
        await made.append(event(number))
    return made


def fails(*_: Any) -> None:
    """In place of a call to a disk that does not work."""
    raise OSError(5, "Input/output error")


class Broker(Producer):
    """Takes events, or raises Unavailable while it is `away`; `before` runs ahead of each."""

    def __init__(self) -> None:
        super().__init__("kafka.invalid:9092", "ingest", {})
        self.taken: list[Envelope] = []
        self.limits: list[float] = []
        self.away = False
        self.before: Callable[[Envelope], Any] | None = None

    async def publish_one(self, envelope: Envelope, seconds: float = PUBLISH_SECONDS) -> None:
        self.limits.append(seconds)
        if self.before:
            await self.before(envelope)
        if self.away:
            raise Unavailable("KafkaTimeoutError")
        self.taken.append(envelope)


class Door:
    """The service's own door before its own app, with a broker in place of Kafka."""

    def __init__(self, house: Harness[Store]) -> None:
        self.house = house
        self.broker = Broker()
        self.running: Running[Store] = Running(house.service)
        self.running.tenants = house.tenants
        self.running.producer = self.broker
        self.running.tenants_read.set()
        assert house.service.door
        self.front = house.front = house.service.door(self.running, house.app)
        self.client = house.client(None)

    async def post(
        self, body: bytes, how: Signature = "good", signer: Signer = SIGNER, query: str = ""
    ) -> httpx.Response:
        """A delivery by Telnyx, signed now, or spoiled in the way asked for."""
        headers = signer.headers(body, int(clock.now().timestamp()), how)
        return await self.client.post(f"/webhooks/telnyx{query}", content=body, headers=headers)

    async def close(self) -> None:
        self.running.mongo.close()
        await self.house.close()


async def opened(folder: Path, **own: Any) -> Harness[Store]:
    """ingest over a store in memory, or over the real one at `mongo_url`."""
    defaults = {"telnyx_keys": [{"key": SIGNER.public}], "spool": folder / "spool"}
    return await harness(build, Settings, folder, **{**defaults, **own})


async def agency(house: Harness[Store], number: str | None = OURS, **facts: Any) -> TenantSaved:
    """A tenant to whom this number belongs."""
    numbers = [{"value": number, **SINCE}] if number else []
    return await house.open(numbers=numbers, **facts)


def owned(value: str) -> list[dict[str, Any]]:
    return [{"value": value, **SINCE}]


def ring(number: int = 1, call: str = "call-1", **payload: Any) -> bytes:
    """A ring as Telnyx sends it; `...` takes a payload field out."""
    return webhook("call.initiated", number, call, direction="incoming", **payload)


def webhook(kind: str, number: int, call: str = "call-1", **payload: Any) -> bytes:
    whole: dict[str, Any] = {
        "call_control_id": f"v3:{call}",
        "call_leg_id": f"{call}-leg",
        "call_session_id": call,
        "client_state": None,
        "connection_id": CONNECTION,
        "from": CALLER,
        "to": OURS,
        "start_time": AT.isoformat(),
    }
    fields = {name: value for name, value in (whole | payload).items() if value is not ...}
    data = {
        "event_type": kind,
        "id": f"{call}-{number}",
        "occurred_at": (AT + timedelta(seconds=number)).isoformat(),
        "payload": fields,
        "record_type": "event",
    }
    return json.dumps({"data": data, "meta": {"attempt": 1}}).encode()


def text(number: int = 1, kind: str = "message.received", **payload: Any) -> bytes:
    """A text as Telnyx sends it, or with another `kind` a receipt for one of ours."""
    ours, theirs = [{"phone_number": OURS}], {"phone_number": CALLER}
    fields = {
        "id": f"message-{number}",
        "from": theirs,
        "to": ours,
        "text": "Hello, when do you open?",
        "received_at": (AT + timedelta(seconds=number)).isoformat(),
        **payload,
    }
    return webhook(kind, number, "text", **fields)


def public_key(seed: bytes) -> str:
    return b64encode(bytes(SigningKey(seed).verify_key)).decode()
