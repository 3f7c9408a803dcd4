"""The parked collection and the dead-letter topic: where operators find what failed."""

import base64

import msgspec

from libs.common import clock
from libs.common.bus.producer import Producer
from libs.common.bus.record import Record
from libs.common.events import Envelope, Malformed
from libs.common.keys import PLATFORM, Keys
from libs.common.mongo import DuplicateKeyError, Mongo

FIELD = "parked"
PARKED = "parked"
TOPIC_END = ".dead.v1"
LETTER_BYTES = 900_000  # sealed, and in base64, a record may no longer fit into a record


class Original(msgspec.Struct):
    """A record's bytes, as they are sealed."""

    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


class Parking:
    """Parks records: sealed in the store first, then sealed on `<service>.dead.v1`."""

    def __init__(self, service: str, mongo: Mongo, producer: Producer, keys: Keys) -> None:
        self._topic = f"{service}{TOPIC_END}"
        self._mongo = mongo
        self._producer = producer
        self._keys = keys

    async def park(self, record: Record, reason: str, attempts: int) -> None:
        """Keeps the record, unless an operator has settled it since it was parked before.

        Raises where neither waiting nor parking is possible.
        """
        sealed = self._keys.seal(PLATFORM, FIELD, pack(record))
        tenant, kind = _told(record)
        row = {
            "topic": record.topic,
            "tenant": tenant,
            "type": kind,
            "reason": reason,
            "attempts": attempts,
            "sealed": sealed,
        }
        parked = {"_id": record.place, "state": PARKED}
        change = {"$set": row, "$setOnInsert": {"at": clock.now()}}
        try:
            await self._mongo.service_collection("parked").update(parked, change, upsert=True)
        except DuplicateKeyError:
            return
        headers = (
            ("place", record.place.encode()),
            ("reason", reason.encode()),
            ("attempts", str(attempts).encode()),
        )
        await self._producer.send(self._topic, *_letter(record.key, sealed), headers)


def is_dead_letter(record: Record) -> bool:
    """Whether `Parking` wrote this record: ingest's topic holds events of its own as well."""
    return record.topic.endswith(TOPIC_END) and record.header("place") is not None


def pack(record: Record) -> bytes:
    """The record's bytes in one piece."""
    return msgspec.msgpack.encode(Original(record.key, record.value, record.headers))


def unpack(place: str, packed: bytes) -> Record:
    """The record again, from its place and its bytes."""
    original = msgspec.msgpack.decode(packed, type=Original)
    topic, partition, offset = place.rsplit("/", 2)
    parts = original.key, original.value, original.headers
    return Record(topic, int(partition), int(offset), *parts)


def _letter(key: bytes | None, sealed: bytes) -> tuple[bytes | None, bytes]:
    """Key and value; empty where they are too large, and the store alone has them."""
    value = base64.b64encode(sealed)
    fits = len(key or b"") + len(value) <= LETTER_BYTES
    return (key, value) if fits else (None, b"")


def event_of(record: Record) -> Envelope | None:
    """The event inside, where it can be read."""
    try:
        return Envelope.from_json(record.value)
    except Malformed:
        return None


def _told(record: Record) -> tuple[str | None, str | None]:
    """Tenant and type, where the record can be read that far."""
    event = event_of(record)
    return (event.tenantid, event.type) if event else (None, None)
