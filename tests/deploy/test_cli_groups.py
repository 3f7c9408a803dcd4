"""Groups on a real broker: how far they are, and set back only while nobody reads."""

import json
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.cli import cluster
from deploy.cli.failures import Refused
from libs.common.bus import Producer, lag, rewinding, topics
from libs.common.bus.topics import Topic
from tests.deploy.conftest import Intnet


async def member(url: str, group: str, topic: str) -> AIOKafkaConsumer:
    """One that has read and committed all, and stays."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=url, group_id=group, auto_offset_reset="earliest"
    )
    await consumer.start()
    seen = 0
    while seen < 3:
        seen += sum(map(len, (await consumer.getmany(timeout_ms=500)).values()))
    await consumer.commit()
    return consumer


async def test_a_group_is_set_back_once_its_members_have_left(kafka_url: str) -> None:
    topic, group = f"rewind-{uuid4().hex}.v1", f"group-{uuid4().hex}"
    await topics.apply(kafka_url, topics=[Topic(topic, partitions=1)])
    producer = Producer(kafka_url, "tests", {})
    for number in range(3):
        await producer.send(topic, b"k", b"%d" % number, ())
    await producer.stop()
    assert await rewinding.rewind(kafka_url, group) == 0
    reader = await member(kafka_url, group, topic)
    with pytest.raises(rewinding.InUse, match=group):
        await rewinding.rewind(kafka_url, group)
    assert await reader.committed(TopicPartition(topic, 0)) == 3
    await reader.stop()
    assert {p.lag for p in (await rewinding.behind(kafka_url, group)).values()} == {3}
    assert await rewinding.rewind(kafka_url, group) == 3
    async with lag.asking(kafka_url, "tests") as groups:
        assert (await groups.places(group))[topic, 0].lag == 3


@pytest.fixture
def asked(room: object, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A cluster that does as it is told, but for messaging, which runs."""
    done: list[str] = []

    def rewind(url: str, group: str) -> int:
        if group == "messaging":
            raise Refused("messaging has members: stop every process of that service first.")
        done.append(f"{url} {group}")
        return 7

    monkeypatch.setenv("KAFKA_URL", "kafka:9092")
    monkeypatch.setattr(cluster, "rewind", rewind)
    monkeypatch.setattr(cluster, "ahead", lambda *_: 7)
    monkeypatch.setattr(cluster, "groups", lambda _: {"matcher": {"calls.v1": 4}})
    return done


def test_it_shows_what_it_would_do_and_does_it_when_told(intnet: Intnet, asked: list[str]) -> None:
    shown = intnet("groups", "rewind", "matcher")
    assert (shown.exit_code, asked) == (0, [])
    assert shown.stdout == "matcher would see 7 records again; --yes does it.\n"
    done = intnet("groups", "rewind", "matcher", "--yes")
    assert (done.exit_code, asked) == (0, ["kafka:9092 matcher"])
    assert done.stdout == "matcher will see 7 records again: start it.\n"
    refused = intnet("groups", "rewind", "messaging", "--yes")
    assert (refused.exit_code, "has members" in refused.stderr) == (1, True)
    assert intnet("groups", "rewind", "nobody", "--yes").exit_code == 2


def test_lag_is_shown_by_group_and_topic(intnet: Intnet, asked: list[str]) -> None:
    assert json.loads(intnet("groups", "lag", "--json").stdout) == {"matcher": {"calls.v1": 4}}
    (row,) = intnet("groups", "lag").stdout.splitlines()[1:]
    assert row.split() == ["matcher", "calls.v1", "4"]
