"""Each service as its `app.py` declares it, and as it is told from outside."""

import base64
import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from libs.common import auditkeys
from libs.common.principal import generate
from libs.common.privacy import PERIODS, SWEPT, keep_period
from libs.common.service import Service, Together
from libs.common.settings import SettingsError
from libs.common.web import create_app

KEY = base64.b64encode(bytes(range(32))).decode()


@dataclass(frozen=True)
class Declared:
    """`gives` is topic to types, `scopes` a scope to the operations behind it.

    `own` are the variables without which it does not start, beside those of every service; `{}/`
    stands for a folder. `jobs` counts those that are cancelled and those that end by themselves.
    """

    takes: tuple[str, ...]
    gives: Mapping[str, str]
    entities: str
    scopes: Mapping[str, str]
    shared: str = ""
    jobs: tuple[int, int] = (0, 0)
    needs_store: bool = True
    own: Mapping[str, str] = field(default_factory=dict)


SERVICES = {
    "ingest": Declared(
        takes=("ingest.dead.v1", "privacy.v1"),
        gives={
            "calls.v1": "call.started call.answered call.ended call.costed",
            "messages.v1": "message.received message.status",
            "ingest.dead.v1": "webhook.quarantined",
            "privacy-results.v1": "erasure.done export.part",
        },
        entities="",
        shared="quarantine erasing",
        scopes={"quarantine:read": "list_quarantine"},
        jobs=(4, 0),
        needs_store=False,
        own={"SPOOL": "{}/spool", "TELNYX_KEYS": json.dumps([{"key": KEY}])},
    ),
    "matcher": Declared(
        takes=("calls.v1", "consent.v1", "messages.v1", "privacy.v1"),
        gives={
            "matches.v1": "call.matched message.matched",
            "customers.v1": "customer.saved customer.removed import.progressed import.finished",
            "privacy-results.v1": "erasure.done correction.done export.part holders.told",
        },
        entities="customers imports faults erased restrictions periods",
        scopes={
            "customers:read": "list_customers get_customer find_customers",
            "customers:write": "create_customer replace_customer remove_customer",
            "imports:read": "list_imports get_import list_import_errors download_import_errors",
            "imports:write": "create_import",
        },
    ),
    "insights": Declared(
        takes=("calls.v1", "consent.v1", "customers.v1", "matches.v1", "privacy.v1"),
        gives={
            "insights.v1": "insight.produced",
            "customers.v1": "customer.removed",
            "privacy-results.v1": "erasure.done export.part",
        },
        entities="calls feedback objections gone removals periods",
        scopes={
            "calls:read": "list_calls get_call",
            "insights:read": "list_insights get_insight",
            "insights:feedback": "judge_insight",
        },
    ),
    "messaging": Declared(
        takes=("consent.v1", "customers.v1", "matches.v1", "messages.v1", "privacy.v1"),
        gives={
            "sms.v1": "sms.requested sms.blocked sms.sent sms.delivered sms.failed sms.unconfirmed "
            "sms.received sms.stopped",
            "privacy-results.v1": "erasure.done export.part",
        },
        entities="messages conversations consents senders templates safeguards early removals "
        "periods",
        shared="due heard",
        scopes={
            "messages:read": "list_messages get_message",
            "messages:write": "create_message check_message cancel_message",
            "conversations:read": "list_conversations get_conversation find_conversation",
            "templates:read": "list_templates get_template",
            "templates:write": "put_template remove_template",
            "senders:read": "list_senders",
            "senders:write": "put_sender remove_sender",
            "safeguards:read": "list_safeguards",
            "safeguards:write": "put_safeguard remove_safeguard",
        },
        jobs=(2, 3),
        own={
            "TELNYX_URL": "https://api.telnyx.com",
            "TELNYX_KEY_FILE": "{}/secret",
            "WEBHOOK_URL": "https://hooks.example.com/webhooks/telnyx",
        },
    ),
    "consent": Declared(
        takes=("audit-entries.v1", "messages.v1", "privacy-results.v1", "privacy.v1", "sms.v1"),
        gives={
            "consent.v1": "consent.changed consent.heartbeat",
            "privacy.v1": "correction.ordered erasure.ordered export.ordered holders.asked "
            "retention.ordered word.ordered",
            "privacy-results.v1": "export.part",
            "audit.v1": "audit.sealed",
            "audit-checkpoints.v1": "audit.checkpointed",
        },
        entities="ledger states suppressions periods requests erasures sent parts packages "
        "trail_entries trail_head trail_checkpoints persons",
        shared="due unsigned untold",
        scopes={
            "consents:read": "find_consent list_consents get_consent",
            "consents:write": "write_consent import_consents",
            "privacy:read": "list_privacy_requests get_privacy_request get_privacy_certificate "
            "list_retention",
            "privacy:write": "open_privacy_request send_privacy_code verify_privacy_request "
            "name_privacy_request",
            "privacy:decide": "attest_privacy_request extend_privacy_request "
            "refuse_privacy_request download_privacy_package put_retention",
            "proof:read": "get_data_map get_promises",
            "audit:read": "list_audit_entries list_audit_checkpoints list_audit_keys prove_audit "
            "download_audit_bundle",
        },
        jobs=(1, 4),
        own={"AUDIT_KEY_FILE": "{}/audit.json", "AUDIT_ORIGIN": "audit.example"},
    ),
    "gateway": Declared(
        takes=(
            *("calls.v1", "consent.v1", "customers.v1", "insights.v1", "matches.v1"),
            *("privacy.v1", "sms.v1"),
        ),
        gives={
            "tenants.v1": "tenant.saved tenant.closed",
            "privacy-results.v1": "erasure.done",
        },
        entities="usage webhooks deliveries callers answers",
        shared="tenants accounts sessions invitations resets keys due",
        scopes={},  # of people with a session: tests/gateway/test_permissions.py
        jobs=(5, 1),
        own={
            "PUBLIC_URL": "http://127.0.0.1:8080",
            "SERVICES": "{}",
            "SIGNING_KEY_FILE": "{}/gateway.json",
        },
    ),
}


@pytest.fixture(params=SERVICES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def declared(name: str) -> Declared:
    return SERVICES[name]


@pytest.fixture
def told(
    name: str, declared: Declared, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> list[str]:
    """Puts all that it needs into the environment, and says which of the variables are its own."""
    generate("gateway", tmp_path / "gateway.json", tmp_path / "jwks.json")
    auditkeys.create(tmp_path / "audit.json")
    (tmp_path / "secret").write_text("KEY0123")
    own = {"PORT": "8001", "ADMIN_PORT": "8101", **declared.own}
    mine = {f"{name.upper()}_{key}": value for key, value in own.items()}
    everybodys = {
        "KAFKA_URL": "127.0.0.1:9092",
        "MONGO_URL": "mongodb://127.0.0.1",
        "KEYS_FILE": "{}/keys.json",
        "JWKS_FILE": "{}/jwks.json",
        "ENVIRONMENT": "development",
    }
    for key, value in {**everybodys, **mine}.items():
        monkeypatch.setenv(key, value.replace("{}/", f"{tmp_path}/"))
    return list(mine)


def settings_of(name: str) -> Any:
    return import_module(f"services.{name}.settings").Settings()


@pytest.fixture
def service(name: str, told: list[str]) -> Service[Any]:
    built: Service[Any] = import_module(f"services.{name}.app").build(settings_of(name))
    return built


def test_it_says_what_it_takes_and_gives(
    name: str, declared: Declared, service: Service[Any]
) -> None:
    assert service.name == name
    assert service.topics_in() == declared.takes
    given = {kind: topic for topic, kinds in declared.gives.items() for kind in kinds.split()}
    assert service.topics_out() == given
    assert {entity.name for entity in service.entities} == set(declared.entities.split())
    assert {entity.name for entity in service.shared} == set(declared.shared.split())
    assert (len(service.jobs), len(service.ending)) == declared.jobs
    assert service.needs_store is declared.needs_store


@pytest.mark.parametrize("name", [name for name, one in SERVICES.items() if one.takes])
def test_every_handler_is_declared(name: str) -> None:
    handlers = import_module(f"services.{name}.handlers")
    own = {
        function
        for word, function in inspect.getmembers(handlers, inspect.iscoroutinefunction)
        if not word.startswith("_")
    }
    consumes = import_module(f"services.{name}.app").CONSUMES
    listed = (one.handler if isinstance(one, Together) else one for _, one in consumes)
    shared = {keep_period}  # of libs, for whoever sweeps
    assert set(listed) - shared == own


def test_who_keeps_for_a_time_learns_how_long(name: str, service: Service[Any]) -> None:
    categories = {kept.category for entity in service.entities for kept in entity.kept}
    taken = keep_period in {handler for _, handler in service.consumes}
    assert (PERIODS in service.entities) is bool(categories)
    assert taken is (bool(categories) and name != "consent")  # consent gives the orders
    assert categories <= SWEPT
    assert hasattr(service.settings, "sweep_seconds") is bool(categories)


@pytest.mark.parametrize("name", [name for name, one in SERVICES.items() if one.scopes])
def test_every_operation_has_a_scope_of_its_subject(
    name: str, declared: Declared, service: Service[Any]
) -> None:
    document = create_app(name, service.routers, version="1").openapi()
    asked = {
        operation["operationId"]: operation["security"]
        for item in document["paths"].values()
        for operation in item.values()
    }
    assert asked == {
        operation: [{"principal": [scope]}]
        for scope, operations in declared.scopes.items()
        for operation in operations.split()
    }


def test_its_settings_carry_its_name(
    name: str, told: list[str], service: Service[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (service.settings.port, service.settings.admin_port) == (8001, 8101)
    for variable in told:
        with monkeypatch.context() as without:
            without.delenv(variable)
            with pytest.raises(SettingsError, match=f"^Set {variable} in the environment.$"):
                settings_of(name)
