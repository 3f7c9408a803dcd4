"""The compose file: what it tells the services is what they take, as under `make run`."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.compose import telnyx
from deploy.local import kafka, mongod
from deploy.local.files import Files
from deploy.local.jars import read_lock
from deploy.local.services import NAMES, PROXIED, Services
from deploy.schemas.settings import settings_of
from deploy.schemas.wiring import ROOT
from deploy.simulator import __main__ as simulator
from libs.common.settings import Settings, SettingsError

FOLDER = ROOT / "deploy" / "compose"
TEXT = (FOLDER / "compose.yaml").read_text()
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+):-([^}]*)\}")
STACK: dict[str, Any] = yaml.safe_load(VARIABLE.sub(lambda found: found[2], TEXT))
PARTS: dict[str, dict[str, Any]] = STACK["services"]
BUILT = {
    part["build"]["args"]["SERVICE"]: name
    for name, part in PARTS.items()
    if "args" in part.get("build", {})
}
STATE = "/state/"
LOADED = re.compile(r'(\w+)="\$\$\(cat (\S+)\)" exec python -m services\.(\w+)')


def values_of(service: str) -> dict[str, str]:
    return dict(PARTS[service]["environment"])


def loaded_from_files() -> dict[str, tuple[str, str]]:
    """Service to the variable that its command fills from a file, and that file."""
    found = (LOADED.fullmatch(part.get("command", [""])[0]) for part in PARTS.values())
    return {match[3]: (match[1], match[2]) for match in found if match}


def mounts(part: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    """Place in the container to the volume, and whether it can be written."""
    found = (volume.split(":") for volume in part.get("volumes", ()))
    return {place: (volume, rest != ["ro"]) for volume, place, *rest in found}


def told_settings(service: str, monkeypatch: pytest.MonkeyPatch, public_keys: str) -> Settings:
    for name in ("SPANS_FILE", "INGEST_SPOOL_BYTES", "INSIGHTS_SCORECARD", "GATEWAY_PROXIES"):
        monkeypatch.delenv(name, raising=False)
    for name, value in values_of(service).items():
        monkeypatch.setenv(name, value)
    if service in loaded_from_files():
        monkeypatch.setenv(loaded_from_files()[service][0], public_keys)
    return settings_of(service)()


@pytest.fixture
def public_keys(tmp_path: Path) -> str:
    keys, public = str(tmp_path / "key.json"), str(tmp_path / "public.json")
    told = ["--key-file", keys, "--public-file", public, "--api-key-file", str(tmp_path / "api")]
    telnyx.main(told)
    telnyx.main(told)  # another start keeps what is there
    return Path(public).read_text()


def test_its_services_are_those_of_make_run() -> None:
    assert tuple(BUILT) == NAMES
    assert all(service == name for service, name in BUILT.items())


@pytest.mark.parametrize("service", NAMES)
def test_a_service_takes_what_it_is_told(
    service: str, monkeypatch: pytest.MonkeyPatch, public_keys: str
) -> None:
    settings = told_settings(service, monkeypatch, public_keys)
    assert (settings.host, settings.port, settings.admin_port) == ("0.0.0.0", 8000, 9000)
    assert settings.environment == "development"


@pytest.mark.parametrize("service", NAMES)
def test_it_is_told_nothing_that_it_would_not_read(service: str) -> None:
    settings = settings_of(service)
    prefix = settings.model_config.get("env_prefix", "")
    known = {
        str(field.validation_alias or f"{prefix}{name.upper()}")
        for name, field in settings.model_fields.items()
    }
    assert values_of(service).keys() <= known


def test_a_missing_variable_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INGEST_TELNYX_KEYS", raising=False)
    for name, value in values_of("ingest").items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=r"^Set INGEST_TELNYX_KEYS in the environment\.$"):
        settings_of("ingest")()


@pytest.mark.parametrize("service", NAMES)
def test_it_is_told_what_make_run_tells(service: str, tmp_path: Path) -> None:
    local = Services(Files(tmp_path), "k", "m", "t")._environment(service)
    only_there = {"SPANS_FILE"}
    loaded = {loaded_from_files()[service][0]} if service in loaded_from_files() else set()
    assert local.keys() - only_there <= values_of(service).keys() | loaded


def test_the_public_key_is_read_from_where_the_setup_puts_it(public_keys: str) -> None:
    variable, file = loaded_from_files()["ingest"]
    assert variable == "INGEST_TELNYX_KEYS"
    assert f"--public-file {file} " in PARTS["setup"]["command"][0]
    assert '"private"' not in public_keys


def test_the_key_to_send_with_is_where_the_setup_puts_it(public_keys: str, tmp_path: Path) -> None:
    file = values_of("messaging")["MESSAGING_TELNYX_KEY_FILE"]
    assert f"--api-key-file {file}\n" in PARTS["setup"]["command"][0]
    made = tmp_path / "api"
    assert made.stat().st_mode & 0o777 == 0o600
    assert made.read_text() not in TEXT


def test_every_file_is_on_a_volume_and_only_its_writer_can_write_it() -> None:
    for name in NAMES:
        places = mounts(PARTS[name])
        values = (value for value in values_of(name).values() if value.startswith(STATE))
        for value in values:
            assert any(value.startswith(place) for place in places), f"{name}: {value}"
        written = {volume for volume, writes in places.values() if writes}
        assert written == ({"spool"} if name == "ingest" else set())


def test_a_private_key_is_only_where_it_signs() -> None:
    holders = {
        volume: {name for name, part in PARTS.items() if volume in dict(mounts(part).values())}
        for volume in ("gateway", "operator", "telnyx", "messaging", "consent")
    }
    assert holders == {
        "gateway": {"setup", "gateway"},
        "operator": {"setup", "intnet"},
        "telnyx": {"setup", "simulator"},
        "messaging": {"setup", "messaging"},
        "consent": {"setup", "consent"},
    }
    assert {*holders, "shared", "spool"} <= STACK["volumes"].keys()


def test_the_gateway_finds_the_services_and_the_simulator_finds_ingest() -> None:
    behind = yaml.safe_load(values_of("gateway")["GATEWAY_SERVICES"])
    assert behind == {name: f"http://{name}:8000" for name in PROXIED}
    given = simulator.parse(PARTS["simulator"]["command"])
    assert given.target == ["http://ingest:8000/webhooks/telnyx"]
    assert str(given.clock_file) == values_of("ingest")["CLOCK_FILE"]
    assert f"--key-file {given.key_file} " in PARTS["setup"]["command"][0]
    assert values_of("messaging")["MESSAGING_WEBHOOK_URL"] == given.target[0]
    assert values_of("messaging")["MESSAGING_TELNYX_URL"] == f"http://simulator:{given.port}"


def test_the_command_line_finds_every_service() -> None:
    told = PARTS["intnet"]["environment"]
    assert {told[f"INTNET_{name.upper()}_URL"] for name in NAMES} == {
        f"http://{name}:8000" for name in NAMES
    }


def test_the_public_url_is_the_published_port() -> None:
    host, port, _ = PARTS["gateway"]["ports"][0].split(":")
    assert values_of("gateway")["GATEWAY_PUBLIC_URL"] == f"http://{host}:{port}"


def test_ports_are_published_on_loopback_only() -> None:
    published = [port for part in PARTS.values() for port in part.get("ports", ())]
    assert len(published) == 3
    assert all(port.startswith("127.0.0.1:") for port in published)
    assert not any("network_mode" in part for part in PARTS.values())


def test_images_have_a_version() -> None:
    for part in PARTS.values():
        _, _, tag = part["image"].partition(":")
        assert tag == "dev" if "build" in part else re.fullmatch(r"\d+\.\d+\.\d+", tag)


def test_every_long_running_part_says_whether_it_is_well() -> None:
    for name, part in PARTS.items():
        assert ("healthcheck" in part) == (name not in {"setup", "intnet"})
    for name in NAMES:
        assert "127.0.0.1:9000/readyz" in PARTS[name]["healthcheck"]["test"][-1]


def test_nothing_starts_before_its_keys_and_topics_are_there() -> None:
    for name in NAMES:
        after = PARTS[name]["depends_on"]
        assert after["setup"] == {"condition": "service_completed_successfully"}
        assert after["kafka"] == after["mongod"] == {"condition": "service_healthy"}


@pytest.mark.parametrize("name", [*NAMES, "setup", "simulator", "intnet"])
def test_a_container_of_ours_can_do_little(name: str) -> None:
    part = PARTS[name]
    assert part["read_only"]
    assert part["cap_drop"] == ["ALL"]
    assert part["security_opt"] == ["no-new-privileges:true"]
    assert not {"user", "privileged"} & part.keys()


def properties(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if line:
            name, _, value = line.partition("=")
            yield name, value


def test_kafka_has_the_settings_of_the_local_stack() -> None:
    local = dict(properties(kafka._PROPERTIES))
    given = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in PARTS["kafka"]["environment"].items()
        if name != "KAFKA_HEAP_OPTS"
    }
    addresses = {"controller.quorum.voters", "listeners", "advertised.listeners", "log.dirs"}
    assert given.keys() == local.keys()
    assert {n: v for n, v in given.items() if n not in addresses} == {
        n: v for n, v in local.items() if n not in addresses
    }
    assert set(PARTS["kafka"]["environment"]["KAFKA_HEAP_OPTS"].split()) <= set(kafka._JVM)


def test_kafka_is_of_the_version_of_the_local_stack() -> None:
    locked = {jar.version for jar in read_lock(kafka.Kafka.lock) if jar.artifact == "kafka_2.13"}
    assert {PARTS["kafka"]["image"]} == {f"apache/kafka:{version}" for version in locked}


def test_mongod_has_the_settings_of_the_local_stack() -> None:
    of_one_machine = {"--bind_ip=127.0.0.1", "--nounixsocket"}
    for_tests = {"--setParameter=enableTestCommands=1"}
    wanted = set(mongod._SETTINGS) - of_one_machine - for_tests | {"--bind_ip_all"}
    assert set(PARTS["mongod"]["command"]) == wanted
    assert f"mongod {PARTS['mongod']['image'].partition(':')[2]} " in (mongod.Mongod.__doc__ or "")


def test_the_example_names_every_variable_with_its_default() -> None:
    example = dict(
        line.split("=", 1)
        for line in (FOLDER / ".env.example").read_text().splitlines()
        if line and not line.startswith("#")
    )
    assert example == dict(VARIABLE.findall(TEXT))
    assert all(VARIABLE.sub("", line).count("${") == 0 for line in TEXT.splitlines())


def test_the_simulator_listens_where_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: dict[str, Any] = {}
    monkeypatch.setattr("uvicorn.run", lambda app, **how: started.update(how, app=app))
    key = tmp_path / "key.json"
    command = [word for word in PARTS["simulator"]["command"] if "--key-file" not in word]
    simulator.main([*command, f"--key-file={key}"])
    assert (started["host"], started["port"]) == ("0.0.0.0", 8000)
    assert simulator.parse(["--port=1", "--target=x", "--key-file=y"]).host == "127.0.0.1"
