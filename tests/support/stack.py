"""The real broker and the real mongod, one of each for a whole test run."""

import os
import shutil
from collections.abc import Generator, Iterator

import psutil
import pytest
from pymongo import MongoClient

from deploy.local.cache import ROOT
from deploy.local.kafka import Kafka
from deploy.local.mongod import Mongod
from deploy.local.stack import Servers, servers

_RUNS = ROOT / ".local" / "test"
_paid: set[str] = set()

# A test's broker is never old enough for the second compiler to be worth its time.
_YOUNG = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


def pytest_configure() -> None:
    """All brokers that tests start."""
    Kafka.jvm = (*Kafka.jvm, *_YOUNG)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the servers, before `-m` selects."""
    for item in filter(_needs_servers, items):
        item.add_marker(pytest.mark.integration)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """The first test of a process that needs the servers pays for their start."""
    starts = {"stack_servers", "platform"} - _paid
    for start in starts.intersection(getattr(item, "fixturenames", ())):
        _paid.add(start)
        item.add_marker(pytest.mark.timeout(600))
    return (yield)


def _needs_servers(item: pytest.Item) -> bool:
    return not {"kafka_url", "mongo_url", "platform"}.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def stack_servers(request: pytest.FixtureRequest) -> Iterator[Servers]:
    """Both servers on fresh data, stopped at the end; logs stay when a test failed."""
    _sweep()
    state = _RUNS / f"run-{os.getpid()}"
    state.mkdir(parents=True)
    running = servers(state, say=print)
    _keep_the_past(running.mongo_url)
    yield running
    running.stop()
    if not request.session.testsfailed:
        shutil.rmtree(state)


@pytest.fixture(scope="session")
def kafka_url(stack_servers: Servers) -> str:
    """Bootstrap address of a real broker."""
    return stack_servers.kafka_url


@pytest.fixture(scope="session")
def mongo_url(stack_servers: Servers) -> str:
    """Connection string of a real replica set."""
    return stack_servers.mongo_url


def _keep_the_past(mongo_url: str) -> None:
    """Tests write at moments of long ago: once a minute mongod would take that for outlived."""
    with MongoClient[dict[str, object]](mongo_url) as client:
        client.admin.command("setParameter", 1, ttlMonitorEnabled=False)


def _sweep() -> None:
    """Stop and remove what test runs left that were killed, or that kept their logs."""
    for state in _RUNS.glob("run-*"):
        pid = int(state.name.removeprefix("run-"))
        if pid == os.getpid() or not psutil.pid_exists(pid):
            for server in (Kafka(state), Mongod(state)):
                server.kill()
            shutil.rmtree(state, ignore_errors=True)
