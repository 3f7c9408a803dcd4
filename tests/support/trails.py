"""Notes of several services on a running platform, and what comes of them on the topics."""

from aiokafka import AIOKafkaConsumer

from libs.common import clock
from libs.common.events import AuditCheckpointed, AuditSealed, Envelope, Note
from libs.common.mongo import Mongo
from libs.common.mongo.trail import rows
from tests.support.platform import US

SOURCES = ("matcher", "insights", "messaging", "gateway")
TOPICS = (AuditSealed.TOPIC, AuditCheckpointed.TOPIC)


class Trails:
    """Notes of several services, written as their units of work write them."""

    def __init__(self, url: str) -> None:
        self._databases = {source: Mongo(url, source, ()) for source in SOURCES}

    async def note(self, action: str, first: int, last: int) -> None:
        """Notes from one number to another at each service."""
        for source, database in self._databases.items():
            notes = [
                Note(action=action, actor=f"service:{source}", facts={"n": n})
                for n in range(first, last + 1)
            ]
            trail = database.service_collection("trail")
            await trail.insert_all(rows([(US, note) for note in notes], clock.now()))

    async def waiting(self) -> int:
        """Rows that no forwarder has sent yet."""
        counts = [
            await database.service_collection("trail").count({})
            for database in self._databases.values()
        ]
        return sum(counts)

    def close(self) -> None:
        for database in self._databases.values():
            database.close()


async def read(url: str) -> list[Envelope]:
    """Both topics of the audit, from the beginning to their ends, as they lie."""
    consumer = AIOKafkaConsumer(*TOPICS, bootstrap_servers=url, auto_offset_reset="earliest")
    await consumer.start()
    try:
        ends = await consumer.end_offsets(list(consumer.assignment()))
        found: list[Envelope] = []
        while [p for p, end in ends.items() if await consumer.position(p) < end]:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += [Envelope.from_json(record.value) for record in records]
    finally:
        await consumer.stop()
    return [envelope for envelope in found if envelope.tenantid == US]
