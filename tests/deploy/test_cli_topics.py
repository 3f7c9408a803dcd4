import json
from collections.abc import Iterable

import pytest

from deploy.local.process import free_port
from libs.common.bus import topics
from tests.deploy.conftest import Intnet

NAMES = [topic.name for topic in topics.CATALOGUE]


@pytest.fixture
def there(room: object, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The topics of a cluster that does as it is told."""
    names: set[str] = set()

    async def apply(url: str, *, replicas: int) -> list[str]:
        assert (url, replicas) == ("kafka:9092", 3)
        created = [name for name in NAMES if name not in names]
        names.update(created)
        return created

    async def check(url: str, wanted: Iterable[str]) -> None:
        if missing := sorted(set(wanted) - names):
            raise topics.MissingTopics(f"missing topics: {', '.join(missing)}")

    monkeypatch.setenv("KAFKA_URL", "kafka:9092")
    monkeypatch.setattr(topics, "apply", apply)
    monkeypatch.setattr(topics, "check", check)
    return names


def test_apply_creates_what_is_missing_once(intnet: Intnet, there: set[str]) -> None:
    there.update(NAMES[1:])
    words = ("topics", "apply", "--replicas", "3")
    assert json.loads(intnet(*words, "--json").stdout) == {"created": NAMES[:1]}
    assert intnet(*words).stdout == "All topics are there.\n"


def test_check_names_the_missing(intnet: Intnet, there: set[str]) -> None:
    there.update(NAMES[1:])
    done = intnet("topics", "check")
    assert (done.exit_code, done.stdout) == (1, "")
    assert NAMES[0] in done.stderr
    there.update(NAMES)
    assert intnet("topics", "check").stdout == "All topics are there.\n"


def test_topics_that_the_cluster_refuses_are_not_called_created(
    intnet: Intnet, there: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(url: str, *, replicas: int) -> list[str]:
        raise topics.NotCreated("not created: calls.v1: InvalidReplicationFactorError")

    monkeypatch.setattr(topics, "apply", refuses)
    done = intnet("topics", "apply", "--replicas", "3")
    assert done.exit_code == 1
    assert "InvalidReplicationFactor" in done.stderr


def test_no_cluster_is_3(intnet: Intnet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_URL", f"127.0.0.1:{free_port()}")
    done = intnet("topics", "check")
    assert done.exit_code == 3
    assert done.stderr == "intnet: Kafka cannot be reached (KafkaConnectionError).\n"


def test_an_address_that_is_none_is_2(intnet: Intnet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_URL", "kafka:port")
    assert intnet("topics", "check").exit_code == 2


def test_what_goes_by_age_goes_a_day_after_its_time_at_the_latest() -> None:
    """A record goes with its whole segment, once the last of it is old enough."""
    day = 86_400_000
    for topic in topics.CATALOGUE:
        given = topic.settings()
        if topic.days is not None and not topic.compacted:
            assert given == {"retention.ms": str(topic.days * day), "segment.ms": str(day)}
        else:
            assert "segment.ms" not in given
