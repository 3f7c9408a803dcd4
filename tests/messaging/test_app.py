"""The service as declared."""

import asyncio
import inspect
from pathlib import Path
from types import SimpleNamespace

import pytest

from libs.common.service import Job
from libs.common.settings import SettingsError
from services.messaging import app, handlers
from services.messaging.settings import Settings
from services.messaging.store import Store
from tests.support.http import Harness

in_memory = pytest.mark.parametrize("house", ["memory"], indirect=True)


@in_memory
def test_it_says_what_it_takes_and_gives(house: Harness[Store]) -> None:
    service = house.service
    assert service.name == "messaging"
    assert service.topics_in() == ("consent.v1", "matches.v1", "messages.v1")
    assert set(service.topics_out()) == {
        "sms.requested",
        "sms.blocked",
        "sms.sent",
        "sms.delivered",
        "sms.failed",
        "sms.unconfirmed",
        "sms.received",
    }
    assert set(service.topics_out().values()) == {"sms.v1"}
    assert {entity.name for entity in service.entities} == {
        "messages",
        "conversations",
        "consents",
        "senders",
        "templates",
        "safeguards",
        "early",
    }
    assert {entity.name for entity in service.shared} == {"due", "heard"}
    assert (len(service.ending), len(service.jobs)) == (2, 1)
    assert service.needs_store


def test_every_handler_is_declared() -> None:
    own = {
        function
        for name, function in inspect.getmembers(handlers, inspect.iscoroutinefunction)
        if function.__module__ == handlers.__name__ and not name.startswith("_")
    }
    assert {handler for _, handler in app.CONSUMES} == own


@in_memory
def test_every_operation_has_a_scope_of_its_subject(house: Harness[Store]) -> None:
    wanted = {
        operation["operationId"]: operation["security"]
        for path in house.app.openapi()["paths"].values()
        for operation in path.values()
    }
    assert {name: next(iter(one[0].values())) for name, one in wanted.items()} == {
        "create_message": ["messages:write"],
        "check_message": ["messages:write"],
        "list_messages": ["messages:read"],
        "get_message": ["messages:read"],
        "cancel_message": ["messages:write"],
        "list_conversations": ["conversations:read"],
        "get_conversation": ["conversations:read"],
        "find_conversation": ["conversations:read"],
        "list_templates": ["templates:read"],
        "get_template": ["templates:read"],
        "put_template": ["templates:write"],
        "remove_template": ["templates:write"],
        "list_senders": ["senders:read"],
        "put_sender": ["senders:write"],
        "remove_sender": ["senders:write"],
        "list_safeguards": ["safeguards:read"],
        "put_safeguard": ["safeguards:write"],
        "remove_safeguard": ["safeguards:write"],
    }


def test_its_settings_carry_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("KEY0123")
    for name, value in {
        "KAFKA_URL": "127.0.0.1:9092",
        "MONGO_URL": "mongodb://127.0.0.1",
        "KEYS_FILE": str(tmp_path / "keys.json"),
        "JWKS_FILE": str(tmp_path / "jwks.json"),
        "ENVIRONMENT": "development",
        "MESSAGING_PORT": "8004",
        "MESSAGING_ADMIN_PORT": "8104",
        "MESSAGING_TELNYX_KEY_FILE": str(tmp_path / "key"),
        "MESSAGING_WEBHOOK_URL": "https://hooks.example.com/webhooks/telnyx/",
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match="MESSAGING_TELNYX_URL"):
        Settings()
    monkeypatch.setenv("MESSAGING_TELNYX_URL", "https://api.telnyx.com?key=1")
    with pytest.raises(SettingsError, match=r"MESSAGING_TELNYX_URL.*without a query"):
        Settings()
    monkeypatch.setenv("MESSAGING_TELNYX_URL", "https://api.telnyx.com")
    told = Settings()
    assert told.webhook_url == "https://hooks.example.com/webhooks/telnyx"
    assert (told.rate, told.burst) == (10.0, 10)
    assert app.build(told).settings is told


@in_memory
async def test_its_jobs_run_until_the_service_stops(house: Harness[Store]) -> None:
    stopping = asyncio.Event()
    running = SimpleNamespace(units=house.units, tenants=house.tenants, stopping=stopping)

    async def run(job: Job) -> None:
        await job(running)

    jobs = [asyncio.create_task(run(job)) for job in (*house.service.ending, *house.service.jobs)]
    await asyncio.sleep(0)
    assert not any(job.done() for job in jobs)
    stopping.set()
    house.units.read("platform").desk.bell.set()
    sending, reconciling, closing = jobs
    await asyncio.gather(sending, reconciling)
    closing.cancel()
    assert isinstance((await asyncio.gather(closing, return_exceptions=True))[0], BaseException)
