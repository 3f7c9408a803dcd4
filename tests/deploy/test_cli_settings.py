import json
from pathlib import Path

import pytest

from deploy.cli import settings
from deploy.cli.failures import Misused


@pytest.fixture
def stack(room: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The local stack's file, where it lies by default."""
    names = ("KEYS_FILE", "JWKS_FILE", "GATEWAY_SIGNING_KEY_FILE", "INTNET_OPERATOR_KEY_FILE")
    for name in names:
        monkeypatch.delenv(name)
    content = {
        "services": {
            "gateway": {"url": "http://127.0.0.1:8000", "pid": 1},
            "ingest": {"url": "http://127.0.0.1:8001"},
            "matcher": {"url": "http://127.0.0.1:8002"},
        },
        "kafka_url": "127.0.0.1:9092",
        "mongo_url": "mongodb://127.0.0.1",
        "files": {
            "keys": "/x/keys.json",
            "jwks": "/x/jwks.json",
            "operator_key": "/x/op.json",
            "clock": "/x/clock",
        },
        "public_url": "http://127.0.0.1:8000",
    }
    file = room / ".local" / "stack.json"
    file.parent.mkdir()
    file.write_text(json.dumps(content))
    return file


def test_the_local_stack_tells_what_the_environment_does_not(
    stack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTNET_INGEST_URL", "https://ingest.example.com")
    monkeypatch.setenv("KAFKA_URL", "")
    found = settings.read()
    assert str(found.gateway_url) == "http://127.0.0.1:8000/"
    assert str(found.ingest_url) == "https://ingest.example.com/"
    assert found.kafka_url == "127.0.0.1:9092"
    assert found.keys_file == Path("/x/keys.json")
    assert found.jwks_file == Path("/x/jwks.json")
    assert found.operator_key_file == Path("/x/op.json")
    assert found.clock_file == Path("/x/clock")
    assert found.gateway_key_file is None


def test_another_stack_can_be_named(stack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = stack.with_name("other.json")
    elsewhere.write_text('{"kafka_url": "other:9092"}')
    monkeypatch.setenv("INTNET_STACK", str(elsewhere))
    found = settings.read()
    assert (found.kafka_url, found.gateway_url) == ("other:9092", None)


def test_without_a_stack_the_environment_is_all(room: Path) -> None:
    assert settings.read().gateway_url is None
    assert settings.read().keys_file == room / "keys.json"


def test_a_named_stack_must_be_there(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTNET_STACK", str(room / "none.json"))
    with pytest.raises(Misused, match=r"none\.json cannot be read"):
        settings.read()


def test_a_stack_of_another_shape_is_refused(stack: Path) -> None:
    stack.write_text('{"services": []}')
    with pytest.raises(Misused, match="is not a file that the local stack wrote"):
        settings.read()
