"""What the chart tells each service is what that service takes."""

from pathlib import PurePosixPath
from typing import Any

import pytest
from pydantic.fields import FieldInfo

from deploy.local.services import NAMES, PROXIED
from deploy.schemas.settings import settings_of
from deploy.schemas.settings import variable as variable_of
from libs.common.settings import Settings, SettingsError
from tests.deploy.charts import SETS, workloads

# What a Secret is taken to hold, by its key: the chart names it and never sees it.
HELD = {
    "url": "mongodb://intnet:secret@mongodb/?replicaSet=rs0&tls=true",
    "telnyx-keys.json": '[{"key": "4Y4cjjm0cjXyzPf8y2rHs3ucnZqLq7OOSJVeMYqI6Do="}]',
}
# Set beside the chart's own, by the values of `airgapped`.
FOREIGN = {"TZ"}


def container(name: str, service: str) -> dict[str, Any]:
    found: dict[str, Any] = workloads(name)[service]["spec"]["template"]["spec"]["containers"][0]
    return found


def environment(name: str, service: str) -> dict[str, str]:
    told = {}
    for one in container(name, service)["env"]:
        held = one.get("valueFrom", {}).get("secretKeyRef", {}).get("key")
        assert one["name"] not in told
        told[one["name"]] = HELD[held] if held else one["value"]
    return told


def fields(service: str) -> dict[str, FieldInfo]:
    """What the service reads, by variable."""
    kind = settings_of(service)
    prefix = str(kind.model_config.get("env_prefix", ""))
    return {variable_of(field, info, prefix): info for field, info in kind.model_fields.items()}


def settings(
    name: str, service: str, monkeypatch: pytest.MonkeyPatch, **changes: str | None
) -> Settings:
    """As the service reads what the chart tells it; None takes a variable away."""
    for variable in fields(service):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in (environment(name, service) | changes).items():
        if value is not None:
            monkeypatch.setenv(variable, value)
    return settings_of(service)()


@pytest.mark.parametrize("service", NAMES)
@pytest.mark.parametrize("name", SETS)
def test_a_service_takes_what_it_is_told(
    name: str, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = settings(name, service, monkeypatch)
    ports = {one["name"]: one["containerPort"] for one in container(name, service)["ports"]}
    assert told.environment == "production"
    assert (told.host, told.port, told.admin_port) == ("0.0.0.0", ports["http"], ports["metrics"])
    assert (told.clock_file, told.spans_file) == (None, None)


@pytest.mark.parametrize("service", NAMES)
@pytest.mark.parametrize("name", SETS)
def test_it_is_told_nothing_that_it_would_not_read(name: str, service: str) -> None:
    assert environment(name, service).keys() - fields(service).keys() <= FOREIGN


@pytest.mark.parametrize("service", NAMES)
def test_whatever_it_needs_it_is_told_and_misses_by_name(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any one of them left out of the chart would end the start by a sentence."""
    needed = {variable for variable, info in fields(service).items() if info.is_required()}
    assert {"KAFKA_URL", "MONGO_URL", "KEYS_FILE", "JWKS_FILE", "ENVIRONMENT"} < needed
    assert needed <= environment("minimal", service).keys()
    for variable in needed:
        with pytest.raises(SettingsError, match=rf"^Set {variable} in the environment\.$"):
            settings("minimal", service, monkeypatch, **{variable: None})


MISTYPED = [
    ("ingest", "INGEST_TELNYX_KEYS", "[oops"),
    ("ingest", "INGEST_SPOOL_BYTES", "oops"),
    ("matcher", "MATCHER_PORT", "oops"),
    ("matcher", "KAFKA_SECURITY_PROTOCOL", "oops"),
    ("insights", "ENVIRONMENT", "oops"),
    ("messaging", "MESSAGING_ADMIN_PORT", "oops"),
    ("consent", "LOG_LEVEL", "oops"),
    ("gateway", "GATEWAY_SERVICES", "{oops"),
    ("gateway", "GATEWAY_PROXIES", "oops"),
]


@pytest.mark.parametrize(("service", "variable", "wrong"), MISTYPED)
def test_a_mistyped_value_is_refused_by_its_name_and_not_shown(
    service: str, variable: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert variable in environment("minimal", service)
    with pytest.raises(SettingsError) as refused:
        settings("minimal", service, monkeypatch, **{variable: wrong})
    assert variable in str(refused.value)
    assert "oops" not in str(refused.value)


@pytest.mark.parametrize("service", NAMES)
@pytest.mark.parametrize("name", SETS)
def test_every_file_is_mounted_where_it_is_looked_for(name: str, service: str) -> None:
    """And no Secret by a subPath: such a file would never show that the Secret has changed."""
    spec = workloads(name)[service]["spec"]["template"]["spec"]
    mounts = {one["mountPath"]: one for one in container(name, service)["volumeMounts"]}
    volumes = {one["name"]: one for one in spec["volumes"]}
    values = {value for value in environment(name, service).values() if value.startswith("/sec")}
    assert len(values) >= 2
    for value in map(PurePosixPath, values):
        mount = mounts[str(value.parent)]
        assert mount["readOnly"]
        assert "subPath" not in mount
        secret = volumes[mount["name"]]["secret"]
        assert value.name in {item["path"] for item in secret["items"]}
        assert secret["defaultMode"] == 0o440


@pytest.mark.parametrize("name", SETS)
def test_a_private_key_is_only_with_its_service(name: str) -> None:
    kept = {service: mounted(name, service) for service in NAMES}
    for holder in ("gateway", "messaging", "consent"):
        secret = f"intnet-{holder}"
        assert [service for service in NAMES if secret in kept[service]] == [holder]


def mounted(name: str, service: str) -> set[str]:
    volumes = workloads(name)[service]["spec"]["template"]["spec"]["volumes"]
    return {one["secret"]["secretName"] for one in volumes if "secret" in one}


@pytest.mark.parametrize("name", SETS)
def test_the_gateway_finds_the_services_behind_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = workloads(name)["gateway"]["metadata"]["name"].removesuffix("-gateway")
    told: Any = settings(name, "gateway", monkeypatch)
    assert told.services == {service: f"http://{base}-{service}:8000" for service in PROXIED}


@pytest.mark.parametrize(
    ("name", "protocol"),
    [
        ("minimal", "PLAINTEXT"),
        ("production", "SASL_SSL"),
        ("strimzi-keda", "SASL_SSL"),
        ("ingress", "SSL"),
    ],
)
def test_kafka_is_entered_as_the_values_say(
    name: str, protocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = settings(name, "matcher", monkeypatch)
    assert told.kafka_security == protocol
    assert bool(told.kafka_ca_file) == (protocol != "PLAINTEXT")
    assert bool(told.kafka_cert_file) == (name == "ingress")


def test_two_keys_of_telnyx_come_through(monkeypatch: pytest.MonkeyPatch) -> None:
    told: Any = settings("ingress", "ingest", monkeypatch)
    assert len(told.telnyx_keys) == 2
    assert told.telnyx_keys[0].retired_at.year == 2027
    assert told.telnyx_keys[1].active_from.month == 12


def test_the_spool_fits_its_volume(monkeypatch: pytest.MonkeyPatch) -> None:
    units = {"Gi": 2**30, "Mi": 2**20}
    for name in SETS:
        told: Any = settings(name, "ingest", monkeypatch)
        claim = workloads(name)["ingest"]["spec"]["volumeClaimTemplates"][0]
        size = claim["spec"]["resources"]["requests"]["storage"]
        assert told.spool_bytes < int(size[:-2]) * units[size[-2:]]
        assert str(told.spool).startswith("/spool/")
