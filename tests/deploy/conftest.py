"""The command line in a room of its own: no settings of this machine, its own keys."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.cli.app import app
from libs.common import clock
from libs.common.bus.topics import SERVICES
from libs.common.principal import generate
from tests.deploy.fake_services import FakeServices, serving

ABSENT = (
    "CLOCK_FILE",
    "KAFKA_URL",
    "MONGO_URL",
    "INTNET_GATEWAY_URL",
    "INTNET_INGEST_URL",
    "INTNET_MATCHER_URL",
    "INTNET_INSIGHTS_URL",
    "INTNET_MESSAGING_URL",
    "INTNET_CONSENT_URL",
    *(f"INTNET_{service.upper()}_ADMIN_URL" for service in SERVICES),
    "INTNET_OPERATOR",
    "INTNET_STACK",
    "NO_COLOR",
    "FORCE_COLOR",
)

Intnet = Callable[..., Result]


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ABSENT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("KEYS_FILE", str(tmp_path / "keys.json"))
    monkeypatch.setenv("JWKS_FILE", str(tmp_path / "jwks.json"))
    monkeypatch.setenv("GATEWAY_SIGNING_KEY_FILE", str(tmp_path / "gateway.json"))
    monkeypatch.setenv("INTNET_OPERATOR_KEY_FILE", str(tmp_path / "operator.json"))
    monkeypatch.setenv("CONSENT_AUDIT_KEY_FILE", str(tmp_path / "audit-keys.json"))
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    clock.follow(None)


@pytest.fixture
def intnet(room: Path) -> Intnet:
    def run(*words: str) -> Result:
        return CliRunner().invoke(app, words, prog_name="intnet")

    return run


@pytest.fixture
def services(room: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServices]:
    generate("operator", room / "operator.json", room / "jwks.json")
    with serving(FakeServices(room / "jwks.json")) as fake:
        monkeypatch.setenv("INTNET_GATEWAY_URL", fake.url)
        monkeypatch.setenv("INTNET_INGEST_URL", f"{fake.url}/")
        monkeypatch.setenv("INTNET_MATCHER_URL", fake.url)
        monkeypatch.setenv("INTNET_MESSAGING_URL", fake.url)
        monkeypatch.setenv("INTNET_CONSENT_URL", fake.url)
        yield fake
