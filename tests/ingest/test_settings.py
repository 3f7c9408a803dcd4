"""What ingest is told from outside, and what it says when that cannot be used."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from libs.common.settings import SettingsError
from services.ingest.app import build
from services.ingest.settings import Settings
from tests.ingest.given import SIGNER

GIVEN = {
    "KAFKA_URL": "127.0.0.1:9092",
    "MONGO_URL": "mongodb://127.0.0.1:27017",
    "KEYS_FILE": "/run/keys.json",
    "JWKS_FILE": "/run/jwks.json",
    "ENVIRONMENT": "production",
    "INGEST_PORT": "8001",
    "INGEST_ADMIN_PORT": "9001",
    "INGEST_SPOOL": "/var/spool/ingest",
    "INGEST_TELNYX_KEYS": json.dumps([{"key": SIGNER.public}]),
}


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("CLOCK_FILE", "SPANS_FILE", "LOG_LEVEL", "INGEST_SPOOL_BYTES", "INGEST_HOST"):
        monkeypatch.delenv(name, raising=False)
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_the_environment_is_read(env: pytest.MonkeyPatch) -> None:
    settings = Settings()
    assert settings.spool == Path("/var/spool/ingest")
    assert settings.spool_bytes == 1_000_000_000
    assert [key.key for key in settings.telnyx_keys] == [SIGNER.public]


def test_several_keys_have_their_times(env: pytest.MonkeyPatch) -> None:
    new = {"key": SIGNER.public, "active_from": "2026-06-01T00:00:00Z"}
    old = {"key": SIGNER.public, "retired_at": "2026-06-02T00:00:00Z"}
    env.setenv("INGEST_TELNYX_KEYS", json.dumps([new, old]))
    first, second = Settings().telnyx_keys
    assert (first.active_from, first.retired_at) == (datetime(2026, 6, 1, tzinfo=UTC), None)
    assert (second.active_from, second.retired_at) == (None, datetime(2026, 6, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INGEST_TELNYX_KEYS", "[]"),
        ("INGEST_TELNYX_KEYS", SIGNER.public),
        ("INGEST_TELNYX_KEYS", json.dumps([{"key": SIGNER.public, "active_from": "2026-06-01"}])),
        ("INGEST_SPOOL_BYTES", "10"),
    ],
)
def test_what_cannot_be_used_is_named(env: pytest.MonkeyPatch, name: str, value: str) -> None:
    env.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        Settings()
    assert str(refused.value).startswith(name)
    assert SIGNER.public not in str(refused.value)


def test_a_key_that_is_none_is_refused_at_the_start(
    env: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    env.setenv("INGEST_TELNYX_KEYS", json.dumps([{"key": "bm8ga2V5"}]))
    env.setenv("INGEST_SPOOL", str(tmp_path / "spool"))
    with pytest.raises((SettingsError, ValueError), match="32 bytes in base64") as refused:
        build(Settings())
    assert "bm8ga2V5" not in str(refused.value)
