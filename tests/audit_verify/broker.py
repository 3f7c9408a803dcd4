"""Trails on a real broker."""

from datetime import UTC, datetime
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from libs.common.bus import topics
from libs.common.bus.topics import Topic
from libs.common.events import AuditCheckpointed, AuditSealed, enclose
from tests.audit_verify.maker import Line, Made

NOW = datetime(2026, 5, 21, 10, tzinfo=UTC)


class Broker:
    """Two topics of its own, written as the platform writes."""

    def __init__(self, url: str) -> None:
        self.url = url
        mark = uuid4().hex[:8]
        self.entries, self.checkpoints = f"audit-{mark}.v1", f"audit-checkpoints-{mark}.v1"

    async def make(self) -> "Broker":
        await topics.apply(self.url, topics=[Topic(self.entries), Topic(self.checkpoints)])
        return self

    @property
    def options(self) -> list[str]:
        named = ["--bootstrap", self.url, "--topic", self.entries]
        return [*named, "--checkpoints-topic", self.checkpoints]

    async def publish(self, made: Made) -> None:
        """All of it, in the platform's own envelopes."""
        await self.send(
            [
                *((self.entries, line["tenant"], sealed(line)) for line in made.entries),
                *((self.checkpoints, line["tenant"], signed(line)) for line in made.checkpoints),
            ]
        )

    async def send(self, records: list[tuple[str, str, bytes]]) -> None:
        """Raw records: topic, key, value."""
        async with AIOKafkaProducer(
            bootstrap_servers=self.url, enable_idempotence=True
        ) as producer:
            for topic, key, value in records:
                await producer.send(topic, value, key.encode())


def sealed(line: Line) -> bytes:
    fact = AuditSealed.model_validate(line)
    told = enclose(fact, fact.tenant, id=uuid4().hex, source="consent", time=NOW)
    return told.to_json()


def signed(line: Line) -> bytes:
    fact = AuditCheckpointed.model_validate(line)
    told = enclose(fact, fact.tenant, id=uuid4().hex, source="consent", time=NOW)
    return told.to_json()
