"""A real broker that asks for TLS, a name and a password, entered as a service is told to."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka.errors import KafkaError

from deploy.local.services import NAMES
from libs.common.bus import Follower, Producer, Record, Unavailable, topics
from libs.common.bus.consumer import Consumer
from libs.common.cluster import Cluster
from tests.deploy.charts import component, of_kind
from tests.support.guarded import Asked, Guarded, grant

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

TOPIC = topics.Topic("plain.v1", partitions=1)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    place = tmp_path_factory.mktemp("guarded")
    password = place / "password"
    password.write_text("opensesame\n")
    broker = Guarded(place)
    broker.start()
    yield Asked(broker, password)
    broker.stop()


async def test_every_client_of_ours_comes_in(asked: Asked) -> None:
    cluster = asked.cluster()
    await topics.apply(cluster, topics=[TOPIC])
    await topics.check(cluster, [TOPIC.name])
    taken: asyncio.Queue[Record] = asyncio.Queue()
    consumer = Consumer(cluster, "matcher", (TOPIC.name,), taken.put)
    follower = Follower(cluster, "matcher", (TOPIC.name,), taken.put)
    producer = Producer(cluster, "matcher", {})
    await producer.start()
    await producer.send(TOPIC.name, b"tenant:1", b"{}")
    following = asyncio.ensure_future(follower.run())
    try:
        await consumer.start()
        async with asyncio.timeout(60):
            both = [await taken.get(), await taken.get()]
        assert [(record.key, record.value) for record in both] == [(b"tenant:1", b"{}")] * 2
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await consumer.stop()
        await producer.stop()


async def test_a_wrong_password_is_kept_out(asked: Asked, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("closesesame")
    cluster = asked.cluster(KAFKA_PASSWORD_FILE=wrong)
    with pytest.raises(KafkaError):
        await topics.check(cluster, [TOPIC.name])
    producer = Producer(cluster, "matcher", {})
    with pytest.raises(Unavailable):
        await producer.start()
    await producer.stop()


async def test_a_broker_that_nobody_vouches_for_is_not_spoken_to(asked: Asked) -> None:
    producer = Producer(asked.cluster(KAFKA_CA_FILE=None), "matcher", {})
    with pytest.raises(Unavailable):
        await producer.start()
    await producer.stop()


@pytest.fixture(scope="module")
def rights() -> dict[str, list[dict[str, object]]]:
    """What the chart's KafkaUsers may do, by service."""
    users = of_kind("strimzi-keda", "KafkaUser")
    return {component(user): user["spec"]["authorization"]["acls"] for user in users}


def named(acls: list[dict[str, object]], operation: str) -> list[str]:
    found = [acl["resource"] for acl in acls if operation in str(acl["operations"])]
    return sorted(r["name"] for r in found if isinstance(r, dict) and r["type"] == "topic")


async def granted(asked: Asked, service: str, acls: list[dict[str, object]]) -> Cluster:
    """The cluster as the service enters it, once what it was granted counts."""
    await grant(asked.cluster(), service, acls)
    own = asked.cluster(KAFKA_USERNAME=service)
    async with asyncio.timeout(30):
        while True:
            try:
                await topics.check(own, {*named(acls, "Read"), *named(acls, "Write")})
            except topics.MissingTopics:
                await asyncio.sleep(0.2)
            else:
                return own


@pytest.mark.parametrize("service", NAMES)
async def test_what_the_chart_grants_is_enough(
    asked: Asked, rights: dict[str, list[dict[str, object]]], service: str
) -> None:
    """It sees its topics, writes where it emits, and reads what it reads; nothing else."""
    await topics.apply(asked.cluster())
    own = await granted(asked, service, rights[service])
    reads, writes = named(rights[service], "Read"), named(rights[service], "Write")
    producer = Producer(own, service, {})
    await producer.start()
    for topic in writes:
        await producer.send(topic, b"tenant:1", service.encode())
    with pytest.raises(Unavailable):
        await producer.send("calls.v1" if service != "ingest" else "sms.v1", b"k", b"v")
    await producer.stop()
    follower = Follower(own, service, reads, _ignore)
    following = asyncio.ensure_future(follower.run())
    try:
        async with asyncio.timeout(30):
            await follower.caught_up.wait()
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


@pytest.mark.parametrize(("group", "joins"), [("matcher", True), ("insights", False)])
async def test_a_service_joins_its_own_group_alone(
    asked: Asked, rights: dict[str, list[dict[str, object]]], group: str, joins: bool
) -> None:
    await topics.apply(asked.cluster())
    own = await granted(asked, "matcher", rights["matcher"])
    consumer = Consumer(own, group, ("calls.v1",), _ignore)
    try:
        await asyncio.wait_for(consumer.start(), 20)
        for _ in range(40 if joins else 16):
            if not consumer.waiting():
                break
            await asyncio.sleep(0.5)
        assert (not consumer.waiting()) == joins
    except (KafkaError, Unavailable):
        assert not joins
    finally:
        await consumer.stop()


async def _ignore(_: Record) -> None: ...
