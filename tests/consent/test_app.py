"""The service as declared."""

import inspect
from pathlib import Path

import pytest

from libs.common.settings import SettingsError
from services.consent import app, handlers
from services.consent.settings import Settings
from services.consent.store import Store
from tests.support.http import Harness


def test_it_says_what_it_takes_and_gives(house: Harness[Store]) -> None:
    service = house.service
    assert service.name == "consent"
    assert service.topics_in() == ("messages.v1", "sms.v1")
    assert service.topics_out() == {
        "consent.changed": "consent.v1",
        "consent.heartbeat": "consent.v1",
    }
    assert {entity.name for entity in service.entities} == {"ledger", "states", "suppressions"}
    assert (service.shared, len(service.ending), service.needs_store) == ((), 1, True)


def test_every_handler_is_declared() -> None:
    own = {
        function
        for name, function in inspect.getmembers(handlers, inspect.iscoroutinefunction)
        if function.__module__ == handlers.__name__ and not name.startswith("_")
    }
    assert {handler for _, handler in app.CONSUMES} == own


def test_every_operation_has_a_scope_of_its_subject(house: Harness[Store]) -> None:
    wanted = {
        operation["operationId"]: next(iter(operation["security"][0].values()))
        for path in house.app.openapi()["paths"].values()
        for operation in path.values()
    }
    assert wanted == {
        "write_consent": ["consents:write"],
        "import_consents": ["consents:write"],
        "find_consent": ["consents:read"],
        "list_consents": ["consents:read"],
        "get_consent": ["consents:read"],
    }


def test_its_settings_carry_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "KAFKA_URL": "127.0.0.1:9092",
        "MONGO_URL": "mongodb://127.0.0.1",
        "KEYS_FILE": str(tmp_path / "keys.json"),
        "JWKS_FILE": str(tmp_path / "jwks.json"),
        "ENVIRONMENT": "development",
        "CONSENT_ADMIN_PORT": "8105",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("CONSENT_PORT", raising=False)
    with pytest.raises(SettingsError, match="CONSENT_PORT"):
        Settings()
    monkeypatch.setenv("CONSENT_PORT", "8005")
    told = Settings()
    assert (told.port, told.admin_port) == (8005, 8105)
    assert app.build(told).settings is told
