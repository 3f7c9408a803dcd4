from pathlib import Path

import pytest
from pydantic import Field, ValidationError

from libs.common.settings import Settings, SettingsError, service_config

SHARED = {
    "KAFKA_URL": "127.0.0.1:9092",
    "MONGO_URL": "mongodb://someone:secret@127.0.0.1:27017",
    "KEYS_FILE": "/run/keys.json",
    "JWKS_FILE": "/run/jwks.json",
    "ENVIRONMENT": "development",
}


class MatcherSettings(Settings):
    model_config = service_config("matcher")
    window_days: int = 7
    labels: dict[str, str] = Field(default_factory=dict)


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("CLOCK_FILE", "SPANS_FILE", "OTEL_EXPORTER_OTLP_ENDPOINT", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in SHARED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MATCHER_PORT", "8001")
    monkeypatch.setenv("MATCHER_ADMIN_PORT", "9001")
    return monkeypatch


def test_shared_names_are_plain_and_own_names_are_prefixed(env: pytest.MonkeyPatch) -> None:
    env.setenv("MATCHER_WINDOW_DAYS", "30")
    settings = MatcherSettings()
    assert settings.kafka_url == "127.0.0.1:9092"
    assert settings.keys_file == Path("/run/keys.json")
    assert (settings.host, settings.port, settings.admin_port) == ("127.0.0.1", 8001, 9001)
    assert settings.window_days == 30
    assert (settings.clock_file, settings.log_level) == (None, "INFO")


def test_an_empty_variable_is_an_absent_one(env: pytest.MonkeyPatch) -> None:
    env.setenv("SPANS_FILE", "")
    assert MatcherSettings().spans_file is None


def test_missing_settings_are_named_in_one_sentence(env: pytest.MonkeyPatch) -> None:
    env.delenv("KAFKA_URL")
    env.delenv("MATCHER_PORT")
    with pytest.raises(SettingsError) as refused:
        MatcherSettings()
    assert str(refused.value) == "Set KAFKA_URL, MATCHER_PORT in the environment."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MATCHER_PORT", "eight-secret"),
        ("MATCHER_ADMIN_PORT", "700001"),
        ("ENVIRONMENT", "staging-secret"),
        ("MATCHER_LABELS", "{secret"),
    ],
)
def test_a_wrong_value_is_named_but_not_shown(
    env: pytest.MonkeyPatch, name: str, value: str
) -> None:
    env.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        MatcherSettings()
    assert name.removeprefix("MATCHER_").lower() in str(refused.value).lower()
    assert value not in str(refused.value)


def test_the_clock_cannot_be_shifted_in_production(env: pytest.MonkeyPatch) -> None:
    env.setenv("CLOCK_FILE", "/run/clock")
    assert MatcherSettings().clock_file == Path("/run/clock")
    env.setenv("ENVIRONMENT", "production")
    with pytest.raises(SettingsError, match=r"^CLOCK_FILE shifts the time"):
        MatcherSettings()


def test_settings_are_frozen_and_show_no_credentials(env: pytest.MonkeyPatch) -> None:
    settings = MatcherSettings()
    assert "secret" not in repr(settings)
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]


def test_tests_may_give_values_by_field_name(env: pytest.MonkeyPatch) -> None:
    assert MatcherSettings(kafka_url="127.0.0.1:1", port=2).kafka_url == "127.0.0.1:1"
