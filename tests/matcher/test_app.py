"""The service as declared."""

import inspect
from pathlib import Path

import pytest

from libs.common.settings import SettingsError
from services.matcher import app, handlers
from services.matcher.settings import Settings
from services.matcher.store import Store
from tests.support.http import Harness


def test_it_says_what_it_takes_and_gives(matcher: Harness[Store]) -> None:
    service = matcher.service
    assert service.name == "matcher"
    assert service.topics_in() == ("calls.v1", "messages.v1")
    assert service.topics_out() == {
        "call.matched": "matches.v1",
        "message.matched": "matches.v1",
        "customer.saved": "customers.v1",
        "customer.removed": "customers.v1",
        "import.progressed": "customers.v1",
        "import.finished": "customers.v1",
    }
    assert {entity.name for entity in service.entities} == {"customers", "imports", "faults"}
    assert service.shared == ()
    assert service.needs_store


def test_every_handler_is_declared() -> None:
    own = {
        function
        for name, function in inspect.getmembers(handlers, inspect.iscoroutinefunction)
        if function.__module__ == handlers.__name__ and not name.startswith("_")
    }
    assert {handler for _, handler in app.CONSUMES} == own


def test_every_operation_has_a_scope_of_its_subject(matcher: Harness[Store]) -> None:
    wanted = {
        operation["operationId"]: operation["security"]
        for path in matcher.app.openapi()["paths"].values()
        for operation in path.values()
    }
    assert {name: next(iter(one[0].values())) for name, one in wanted.items()} == {
        "list_customers": ["customers:read"],
        "get_customer": ["customers:read"],
        "create_customer": ["customers:write"],
        "replace_customer": ["customers:write"],
        "remove_customer": ["customers:write"],
        "list_imports": ["imports:read"],
        "get_import": ["imports:read"],
        "list_import_errors": ["imports:read"],
        "download_import_errors": ["imports:read"],
        "create_import": ["imports:write"],
    }


def test_its_settings_carry_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "KAFKA_URL": "127.0.0.1:9092",
        "MONGO_URL": "mongodb://127.0.0.1",
        "KEYS_FILE": str(tmp_path / "keys.json"),
        "JWKS_FILE": str(tmp_path / "jwks.json"),
        "ENVIRONMENT": "development",
        "MATCHER_ADMIN_PORT": "8102",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("MATCHER_PORT", raising=False)
    with pytest.raises(SettingsError, match="MATCHER_PORT"):
        Settings()
    monkeypatch.setenv("MATCHER_PORT", "8002")
    told = Settings()
    assert (told.port, told.admin_port) == (8002, 8102)
    assert app.build(told).settings is told
