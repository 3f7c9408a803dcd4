"""The Dockerfile: little goes in, nobody is root."""

import re
import tomllib

import pytest

from deploy.local.services import NAMES
from deploy.schemas.wiring import ROOT

TEXT = (ROOT / "deploy" / "docker" / "Dockerfile").read_text().replace("\\\n", " ")
STAGES = {
    match[2]: match[3]
    for match in re.finditer(r"^FROM (\S+) AS (\S+)\n(.*?)(?=^FROM |\Z)", TEXT, re.M | re.S)
}
GROUPS = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
IGNORED = (ROOT / ".dockerignore").read_text().splitlines()


def copied(stage: str) -> list[str]:
    """What a stage takes out of the repository."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", STAGES[stage], re.M)
    return [word for line in lines for word in line.split()[:-1]]


def test_a_service_gets_its_own_code_and_nothing_else() -> None:
    assert copied("service-built") == ["libs", "services/__init__.py", "services/${SERVICE}"]
    assert copied("packages") == ["pyproject.toml", "uv.lock"]
    assert copied("service") == copied("ground") == copied("tools") == []


@pytest.mark.parametrize("stage", ["tools-built", "service-built"])
def test_only_locked_packages_of_its_groups_are_installed(stage: str) -> None:
    assert "uv sync --locked --only-group" in STAGES[stage]
    assert "python -m compileall" in STAGES[stage]
    assert set(NAMES) <= GROUPS.keys()
    named = re.findall(r"--only-group (\w+)", STAGES["tools-built"])
    assert set(named) == {"cli", "ingest"} <= GROUPS.keys()


@pytest.mark.parametrize("stage", ["tools", "service"])
def test_an_image_runs_as_a_numbered_user_who_is_not_root(stage: str) -> None:
    user, group = re.findall(r"^USER (\d+):(\d+)$", STAGES[stage], re.M)[-1]
    assert int(user) >= 10_000
    assert int(group) >= 10_000
    assert f"-o {user} -g {group}" in STAGES["ground"]


def test_the_base_can_be_another_and_no_secret_is_an_argument() -> None:
    assert "ARG BASE=python:3.11-slim-bookworm\n" in TEXT
    assert set(re.findall(r"^ARG (\w+)", TEXT, re.M)) == {"BASE", "UV", "SERVICE"}


def test_whatever_is_copied_can_be_copied() -> None:
    allowed = {line[1:] for line in IGNORED if line.startswith("!")}
    assert IGNORED[1] == "*"
    for stage in ("packages", "tools-built", "service-built"):
        for source in copied(stage):
            assert source in allowed or source.partition("/")[0] in allowed
            assert (ROOT / source.replace("${SERVICE}", "matcher")).exists()


def test_whatever_is_mounted_has_a_folder_of_that_user() -> None:
    compose = (ROOT / "deploy" / "compose" / "compose.yaml").read_text()
    mounted = set(re.findall(r"[\w-]+:(/state/\w+)", compose))
    assert mounted
    assert all(f" {place}" in STAGES["ground"] for place in mounted)


def test_an_image_is_read_only_but_for_tmp() -> None:
    ground = STAGES["ground"]
    assert "HOME=/tmp" in ground
    assert "PYTHONDONTWRITEBYTECODE=1" in ground
    assert "compileall" in ground
    assert "UV_COMPILE_BYTECODE=1" in STAGES["packages"]


@pytest.mark.parametrize("stage", ["tools", "service"])
def test_an_image_says_what_it_is(stage: str) -> None:
    assert (
        f'image.title="intnet/{"${SERVICE}" if stage == "service" else "tools"}"' in STAGES[stage]
    )


def test_the_user_is_that_of_the_chart() -> None:
    pod = (ROOT / "deploy" / "chart" / "templates" / "_pod.tpl").read_text()
    (user, group), *_ = re.findall(r"^USER (\d+):(\d+)$", STAGES["service"], re.M)
    assert f"runAsUser: {user}\nrunAsGroup: {group}\n" in pod
