"""The local stack: real servers start, keep their data, and say why when they cannot start."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pymongo import MongoClient

from deploy.local.kafka import Kafka
from deploy.local.mongod import Mongod
from deploy.local.process import free_port, wait_for
from deploy.local.server import Server, StartError
from deploy.local.stack import servers

pytestmark = pytest.mark.integration


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[Kafka]:
    server = Kafka(tmp_path)
    yield server
    server.kill()


@pytest.fixture
def mongod(tmp_path: Path) -> Iterator[Mongod]:
    server = Mongod(tmp_path)
    yield server
    server.kill()


async def produce(url: str, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=url, enable_idempotence=True) as producer:
        await producer.send_and_wait(topic, value)


async def consume(url: str, topic: str) -> bytes:
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=url, group_id=topic, auto_offset_reset="earliest"
    ) as consumer:
        value: bytes = (await consumer.getone()).value
        return value


async def create_topic(url: str) -> str:
    topic = f"t-{secrets.token_hex(4)}"
    admin = AIOKafkaAdminClient(bootstrap_servers=url)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, 2, 1)])
    finally:
        await admin.close()
    return topic


def client(server_url: str) -> MongoClient[dict[str, Any]]:
    return MongoClient(server_url)


async def test_the_broker_takes_and_gives_a_record(kafka_url: str) -> None:
    topic = await create_topic(kafka_url)
    await produce(kafka_url, topic, b"hello")
    assert await consume(kafka_url, topic) == b"hello"


def test_mongod_commits_and_aborts_transactions(mongo_url: str) -> None:
    with client(mongo_url) as mongo, mongo.start_session() as session:
        rows = mongo[f"t_{secrets.token_hex(4)}"].rows
        with session.start_transaction():
            rows.insert_one({"_id": "kept"}, session=session)
        with session.start_transaction():
            rows.insert_one({"_id": "dropped"}, session=session)
            session.abort_transaction()
        assert [row["_id"] for row in rows.find()] == ["kept"]
        mongo.drop_database(rows.database.name)


def test_mongod_lets_tests_inject_faults_and_ends_old_transactions(mongo_url: str) -> None:
    with client(mongo_url) as mongo:
        wanted = {"transactionLifetimeLimitSeconds": 1, "enableTestCommands": 1}
        found = mongo.admin.command({"getParameter": 1, **wanted})
        assert found["transactionLifetimeLimitSeconds"] == 5
        assert found["enableTestCommands"]


async def test_kafka_keeps_its_data_and_port_over_a_stop(kafka: Kafka) -> None:
    kafka.start()
    url = kafka.url
    topic = await create_topic(url)
    await produce(url, topic, b"before")
    kafka.stop()
    assert not kafka.alive()
    kafka.start()
    assert kafka.url == url
    assert await consume(url, topic) == b"before"


def test_mongod_keeps_its_data_over_a_crash_and_takes_a_new_port(
    mongod: Mongod, tmp_path: Path
) -> None:
    mongod.start()
    with client(mongod.url) as mongo:
        mongo.db.rows.insert_one({"_id": 1})
    mongod.kill()
    assert not mongod.alive()
    url = mongod.start().url
    with client(url) as mongo:
        assert mongo.db.rows.find_one() == {"_id": 1}

    elsewhere = Mongod(tmp_path)
    assert elsewhere.url == url  # another command finds the server that runs
    with pytest.raises(StartError, match="already runs as process"):
        elsewhere.start()
    elsewhere.stop()
    assert not mongod.alive()
    assert elsewhere.start().url == url
    elsewhere.stop()

    moved = Mongod(tmp_path, port=free_port()).start()
    try:
        assert moved.url != url
        with client(moved.url) as mongo:
            assert mongo.db.rows.find_one() == {"_id": 1}
    finally:
        moved.kill()


def test_a_required_port_that_is_taken_is_refused(mongod: Mongod, tmp_path: Path) -> None:
    taken = mongod.start().port
    with pytest.raises(StartError, match=f"port {taken} is taken by another program"):
        Mongod(tmp_path / "other", port=taken).start()


def test_a_broker_that_cannot_start_says_why_and_is_tried_twice(tmp_path: Path) -> None:
    said: list[str] = []
    kafka = Kafka(tmp_path, say=said.append)
    (kafka.state / "data").mkdir(parents=True)
    (kafka.state / "data" / "meta.properties").write_text("version=1\nnode.id=7\ncluster.id=x\n")
    with pytest.raises(StartError, match="Stored node id 7 doesn't match") as failed:
        kafka.start()
    assert "kafka ended while it was starting" in str(failed.value)
    assert str(kafka.log) in str(failed.value)
    assert [line for line in said if "Trying once more" in line] == said[-1:]
    assert not kafka.alive()


def test_a_database_that_cannot_start_says_why(mongod: Mongod) -> None:
    (mongod.state / "data").mkdir(parents=True)
    (mongod.state / "data" / "storage.bson").write_text("junk")
    with pytest.raises(StartError, match="mongod ended while it was starting") as failed:
        mongod.start()
    assert "Unable to read the storage engine metadata file" in str(failed.value)


def test_a_start_can_be_called_off(mongod: Mongod, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Mongod, "ready", lambda self: False)
    with ThreadPoolExecutor() as pool:
        start = pool.submit(mongod.start)
        assert wait_for(mongod.alive, 30.0)
        mongod.stop()
        with pytest.raises(StartError, match="was stopped while it was starting"):
            start.result()
    assert not mongod.alive()


def test_given_clusters_are_used_and_nothing_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_URL", "kafka.example:9092")
    monkeypatch.setenv("MONGO_URL", "mongodb://mongo.example/?replicaSet=prod")
    found = servers(tmp_path)
    found.stop()
    assert found.kafka_url == "kafka.example:9092"
    assert found.mongo_url == "mongodb://mongo.example/?replicaSet=prod"
    assert found.started == ()
    assert not list(tmp_path.iterdir())


def test_when_one_server_fails_the_other_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Server] = []

    def refuse(self: Kafka) -> None:
        raise StartError("no jars today")

    def note(self: Mongod) -> Mongod:
        Server.start(self)
        started.append(self)
        return self

    monkeypatch.setattr(Kafka, "prepare", refuse)
    monkeypatch.setattr(Mongod, "start", note)
    monkeypatch.delenv("KAFKA_URL", raising=False)
    monkeypatch.delenv("MONGO_URL", raising=False)
    with pytest.raises(StartError, match="no jars today"):
        servers(tmp_path)
    assert [server.alive() for server in started] == [False]
