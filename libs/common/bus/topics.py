"""The catalogue of topics, and what is done with it: create, check."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, NoError, TopicAlreadyExistsError, for_code

from libs.common.cluster import options

SERVICES = ("ingest", "matcher", "insights", "messaging", "consent", "gateway")
SETTLE_SECONDS = 15.0
CHECK_SECONDS = 10.0
_DAY_MS = 86_400_000
_FINE = frozenset({NoError.errno, TopicAlreadyExistsError.errno})


_CLEANUP = "cleanup.policy"


@dataclass(frozen=True)
class Topic:
    """Partitions bound how many replicas of a consumer share the work.

    Raising them later breaks the order per key for what is in flight. `days` None is for ever. A
    record goes when its whole segment is that old: so a segment is closed after a day.
    """

    name: str
    partitions: int = 6
    days: int | None = 7
    compacted: bool = False

    def settings(self) -> dict[str, str]:
        """The topic's configuration in Kafka's words."""
        if self.compacted:
            return {
                "cleanup.policy": "compact",
                "max.compaction.lag.ms": str(_DAY_MS),
                "delete.retention.ms": str(_DAY_MS),
            }
        if self.days is None:
            return {"retention.ms": "-1"}
        return {"retention.ms": str(self.days * _DAY_MS), "segment.ms": str(_DAY_MS)}

    def differs(self, partitions: int, settings: Mapping[str, str]) -> Iterator[str]:
        """How one on a cluster differs from this, in plain words."""
        if partitions != self.partitions:
            yield f"{self.name} has {partitions} partitions, not {self.partitions}"
        for name, wanted in {_CLEANUP: "delete", **self.settings()}.items():
            if settings.get(name) != wanted:
                yield f"{self.name} has {name}={settings.get(name)}, not {wanted}"


CATALOGUE = (
    Topic("calls.v1"),
    Topic("customers.v1"),
    Topic("matches.v1"),
    Topic("insights.v1"),
    Topic("messages.v1"),
    Topic("sms.v1"),
    Topic("consent.v1", compacted=True),
    Topic("tenants.v1", partitions=1, compacted=True),
    Topic("privacy.v1", days=30),
    Topic("privacy-results.v1", days=30),
    Topic("audit-entries.v1"),
    Topic("audit.v1", days=None),
    Topic("audit-checkpoints.v1", days=None),
    *(Topic(f"{service}.dead.v1", partitions=1) for service in SERVICES),
)

log = structlog.get_logger()


class MissingTopics(RuntimeError):
    """Topics that a service needs are not there."""


class NotCreated(RuntimeError):
    """The cluster refused some topics; the message says which and why."""


async def apply(url: str, *, replicas: int = 1, topics: Iterable[Topic] = CATALOGUE) -> list[str]:
    """Creates the topics that are missing and returns their names; it changes no other.

    Raises NotCreated.
    """
    admin = AIOKafkaAdminClient(**options(url))
    await admin.start()
    try:
        there = set(await admin.list_topics())
        missing = [topic for topic in topics if topic.name not in there]
        if missing:
            wanted = [
                NewTopic(t.name, t.partitions, replicas, topic_configs=t.settings())
                for t in missing
            ]
            _raise_for(await admin.create_topics(wanted))
            await _listed(admin, {topic.name for topic in missing})
        return [topic.name for topic in missing]
    finally:
        await admin.close()


async def check(url: str, names: Iterable[str]) -> None:
    """Raises MissingTopics with the names that the cluster does not have.

    A consumer of a missing topic would wait without limit and without a word.
    """
    admin = AIOKafkaAdminClient(**options(url))
    try:
        await admin.start()
        missing = sorted(set(names) - set(await admin.list_topics()))
    finally:
        await admin.close()
    if missing:
        raise MissingTopics(
            f"missing topics: {', '.join(missing)}; create them: intnet topics apply"
        )


async def differences(url: str) -> list[str]:
    """How the topics differ from the catalogue, in plain words; a missing one differs."""
    admin = AIOKafkaAdminClient(**options(url))
    try:
        await admin.start()
        there = {told["topic"]: told for told in await admin.describe_topics()}
        known = [topic for topic in CATALOGUE if topic.name in there]
        resources = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in known]
        answers = await admin.describe_configs(resources)
    finally:
        await admin.close()
    settings = {told[3]: _named(told[4]) for answer in answers for told in answer.resources}
    missing = [f"{topic.name} is missing" for topic in CATALOGUE if topic.name not in there]
    return missing + [
        difference
        for topic in known
        for difference in topic.differs(len(there[topic.name]["partitions"]), settings[topic.name])
    ]


async def wait_for(url: str, names: Iterable[str]) -> None:
    """Returns once the cluster answers and has the topics. Raises MissingTopics."""
    while True:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                return await check(url, names)
        except (TimeoutError, KafkaError) as error:
            log.warning("kafka.waits", error=type(error).__name__)
            await asyncio.sleep(1.0)


async def _listed(admin: AIOKafkaAdminClient, names: set[str]) -> None:
    """Returns once the brokers tell of the new topics, which comes a moment after making them."""
    async with asyncio.timeout(SETTLE_SECONDS):
        while not names <= set(await admin.list_topics()):  # noqa: ASYNC110 - told by asking
            await asyncio.sleep(0.1)


def _named(entries: Iterable[Sequence[Any]]) -> dict[str, str]:
    """Settings by name: both come first in what brokers of every version say."""
    return {entry[0]: entry[1] for entry in entries}


def _raise_for(answer: Any) -> None:
    faults = [
        f"{topic}: {for_code(code).__name__}"
        for topic, code, *_ in answer.topic_errors
        if code not in _FINE
    ]
    if faults:
        raise NotCreated(f"not created: {', '.join(faults)}")
