"""The house stands as drawn, and each way to break it is seen."""

import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from tests.support.architecture import check_house, check_source
from tests.support.architecture.rooms import check_places

ROOT = Path(__file__).parent.parent
COPIED = ("libs", "services", "deploy", "tests/support", "tests/__init__.py", ".importlinter")


def lint(root: Path) -> "subprocess.CompletedProcess[str]":
    """What `make lint` runs for the architecture."""
    command = [sys.executable, "-m", "tests.support.architecture"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True)


def test_the_house_stands_as_drawn() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy to break things in."""
    return copied(tmp_path)


def copied(target_root: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    for name in COPIED:
        target = target_root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=ignored)
        else:
            shutil.copy(ROOT / name, target)
    return target_root


def plant(house: Path, path: str, line: str) -> None:
    """Adds a line to a module, which need not exist yet, nor its packages."""
    file = house / path
    for package in [file.parent, *file.parent.parents]:
        if package == house:
            break
        package.mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").touch()
    with file.open("a") as module:
        module.write(f"\n{line}\n")


CONTRACTS = [
    (
        "A service never imports another service",
        "services/matcher/jobs.py",
        "import services.insights",
    ),
    (
        "The libraries know no service and no deployment",
        "libs/common/planted.py",
        "import services.matcher",
    ),
    (
        "A service knows neither how it is deployed nor how it is tested",
        "services/matcher/jobs.py",
        "import tests.support",
    ),
    ("A service does not import its deployment", "services/matcher/jobs.py", "import deploy"),
    (
        "The domain decides; it does no I/O and reads no clock or settings",
        "services/matcher/domain/planted.py",
        "import pymongo",
    ),
    (
        "The domain decides; it does no I/O and reads no clock or settings",
        "services/matcher/domain/planted.py",
        "from libs.common import clock",
    ),
    (
        "The domain decides; it does no I/O and reads no clock or settings",
        "services/consent/domain/planted.py",
        "import asyncio",
    ),
    (
        "The domain does not know the rooms around it",
        "services/insights/domain/planted.py",
        "import services.insights.store",
    ),
    (
        "Only the store speaks Mongo",
        "services/messaging/clients.py",
        "from libs.common.mongo import TenantScope",
    ),
    (
        "Everybody enters libs.common.mongo by its front door",
        "services/messaging/jobs.py",
        "from libs.common.mongo.client import connect",
    ),
    (
        "The MongoDB drivers stay behind libs.common.mongo",
        "services/messaging/store.py",
        "import motor.motor_asyncio",
    ),
    (
        "The Kafka drivers stay behind libs.common.bus",
        "services/messaging/jobs.py",
        "from aiokafka import AIOKafkaProducer",
    ),
    (
        "What checks the audit trail shares no code with what writes it",
        "deploy/audit_verify/chain.py",
        "import libs.common.events",
    ),
    (
        "Settings are read once, in build",
        "services/insights/handlers.py",
        "from services.insights.settings import Settings",
    ),
    (
        "A handler knows no transport, no settings and no outside call",
        "services/insights/handlers.py",
        "from services.insights.settings import Settings",
    ),
    (
        "The HTTP side neither consumes nor publishes events",
        "services/insights/api.py",
        "from libs.common.bus import Producer",
    ),
    ("The store stores, and calls nobody", "services/insights/store/calls.py", "import httpx"),
    (
        "A client calls outside, and knows neither events nor requests",
        "services/insights/clients.py",
        "import services.insights.store",
    ),
    (
        "Only clients speak HTTP to the outside",
        "services/matcher/api/planted.py",
        "import aiohttp",
    ),
    (
        "Only the entry point imports the composition of a service",
        "services/insights/jobs.py",
        "import services.insights.app",
    ),
    (
        "Events, phone numbers, fields of customers and the clock are plain values",
        "libs/common/events/planted.py",
        "import libs.common.telemetry",
    ),
]


ASKED_FOR = [
    (
        "A service never imports another service",
        "services/matcher/handlers.py",
        "from services.gateway import domain",
    ),
    (
        "A handler knows no transport, no settings and no outside call",
        "services/insights/handlers.py",
        "from services.insights import settings",
    ),
    (
        "The domain decides; it does no I/O and reads no clock or settings",
        "services/matcher/domain/__init__.py",
        "import motor",
    ),
]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says where every contract is broken at once."""
    house = copied(tmp_path_factory.mktemp("broken"))
    for _, path, line in CONTRACTS:
        plant(house, path, line)
    done = lint(house)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(("contract", "path", "line"), CONTRACTS)
def test_every_contract_refuses(broken: str, contract: str, path: str, line: str) -> None:
    assert f"{contract} BROKEN" in broken, broken
    importer = path.removesuffix(".py").replace("/", ".")
    assert f"{importer} -> {line.split()[1].split('.')[0]}" in broken


@pytest.mark.parametrize(("contract", "path", "line"), ASKED_FOR)
def test_one_wrong_import_is_enough(house: Path, contract: str, path: str, line: str) -> None:
    plant(house, path, line)
    done = lint(house)
    assert done.returncode == 1
    assert f"{contract} BROKEN" in done.stdout, done.stdout + done.stderr


def test_every_contract_is_tried() -> None:
    text = (ROOT / ".importlinter").read_text()
    names = {line.removeprefix("name = ") for line in text.splitlines() if "name = " in line}
    assert names == {contract for contract, _, _ in CONTRACTS}


def test_a_collection_without_a_scope_is_refused(house: Path) -> None:
    path = "services/insights/store/calls.py"
    plant(house, path, "def every(database):\n    return database['calls']")
    done = lint(house)
    assert done.returncode == 1
    assert "a collection is reached without a TenantScope" in done.stdout
    assert f"{path}:" in done.stdout


def found(path: str, text: str) -> list[str]:
    shared = frozenset({"leases", "inbox"})
    return [finding.text for finding in check_source(PurePosixPath(path), text, shared)]


STORE = "services/matcher/store.py"


@pytest.mark.parametrize(
    "text",
    [
        "import motor.motor_asyncio",
        "from pymongo import MongoClient",
        "from bson import ObjectId",
        "import importlib\nimportlib.import_module('pymongo.errors')",
        "__import__('motor')",
        "def f(db): return db['customers']",
        "def f(self): return self._database['customers']",
        "def f(self): return self.client['matcher']['customers']",
        "async def f(connect): return (await connect.database())['customers']",
        "def f(x): return x.get_collection('customers')",
        "def f(x): return x.get_database()",
        "def f(scope): return scope._database",
        "def f(calls): return calls._collection.find_one({})",
        "def f(database): return getattr(database, 'customers')",
        "def f(scope): return getattr(scope, '_database')",
        "from libs.common.mongo import TenantScope\ndef f(t): return TenantScope(None, t)",
        "def f(running): return running.mongo.scope('t0000002')",
        "def f(scope): return scope.shared('customers')",
        "def f(scope, name): return scope.shared(name)",
        "def f(mongo): return mongo.service_collection('customers')",
    ],
)
def test_every_way_round_the_scope_is_seen(text: str) -> None:
    assert found(STORE, text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (STORE, "def f(scope): return scope.collection('customers')"),
        (STORE, "def f(scope): return scope.shared('leases')"),
        (STORE, "def f(self, document): self._collection = document['id']"),
        (STORE, "from libs.common.mongo import Entity, Index, TenantScope"),
        ("services/consent/store/ledger.py", "from libs.common.mongo import DuplicateKeyError"),
        ("services/matcher/app.py", "from libs.common.mongo import TenantScope"),
        ("services/matcher/handlers.py", "from libs.common.mongo import Work"),
        ("services/matcher/api/customers.py", "from libs.common.mongo import Document, Work"),
        ("services/gateway/api/usage.py", "def f(row): return row.units"),
        ("services/gateway/api/desk.py", "def f(self): return self.running.units.read('platform')"),
        ("libs/common/mongo/scope.py", "import pymongo\ndef f(database): return database['x']"),
        ("deploy/local/mongod.py", "import pymongo"),
    ],
)
def test_the_proper_way_is_quiet(path: str, text: str) -> None:
    assert found(path, text) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("services/matcher/handlers.py", "from libs.common.mongo import TenantScope"),
        ("services/matcher/api/customers.py", "from libs.common.mongo import Collection"),
        ("services/matcher/jobs.py", "def f(scope): return scope.collection('customers')"),
        ("services/matcher/api.py", "def f(running): return running.units"),
        ("services/matcher/api.py", "def f(path, units): return units.read(path)"),
        ("services/matcher/domain/rule.py", "from libs.common.mongo import Work"),
    ],
)
def test_other_rooms_do_not_speak_mongo(path: str, text: str) -> None:
    assert found(path, text)


HANDLERS = "services/matcher/handlers.py"
HANDLER = "async def note(call, store, work):\n    "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"@retry\n{HANDLER}pass", "no decorator"),
        (f"{HANDLER}try:\n        pass\n    except ValueError:\n        pass", "no `try`"),
        (f"{HANDLER}work.emit('calls.v1')", "names no topic"),
        (f"{HANDLER}work.emit('matcher.dead.v1')", "names no topic"),
        (f"import structlog\n{HANDLER}pass", "no logger"),
        (f"from logging import getLogger\n{HANDLER}pass", "no logger"),
        ("def note(call, store, work):\n    pass", "no coroutine"),
        (HANDLER + "\n    ".join(["pass"] * 20), "21 lines, 20 the most"),
    ],
)
def test_a_handler_is_a_short_plain_coroutine(text: str, expected: str) -> None:
    (only,) = found(HANDLERS, text)
    assert expected in only
    assert found("services/matcher/jobs.py", text) == []


def test_a_good_handler_is_quiet() -> None:
    docstring = '"""' + "\n    ".join(["Told."] * 5) + '"""\n    '
    assert found(HANDLERS, HANDLER + docstring + "\n    ".join(["pass"] * 19)) == []


def test_sizes_are_bounded() -> None:
    body = "\n    ".join(["pass"] * 40)
    assert found("libs/common/a.py", f"def f():\n    {body}") == ["`f` has 41 lines, 40 the most"]
    assert found("libs/common/a.py", "\n" * 250) == []
    assert "251 lines" in found("libs/common/a.py", "\n" * 251)[0]


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("services/matcher/store.py", True),
        ("services/consent/store/ledger.py", True),
        ("services/gateway/pages/live.html", True),
        ("services/ingest/spool.py", True),
        ("services/matcher/README.md", True),
        ("services/matcher/utils.py", False),
        ("services/matcher/pages/live.py", False),
        ("services/matcher/notes.txt", False),
        ("services/billing/app.py", False),
    ],
)
def test_rooms_are_known(path: str, known: bool) -> None:
    place = PurePosixPath(path)
    packages = {parent / "__init__.py" for parent in place.parents if len(parent.parts) > 1}
    findings = [f for f in check_places({place, *packages}) if f.path == place]
    assert (findings == []) is known


def test_a_folder_of_modules_is_a_package() -> None:
    (finding,) = check_places([PurePosixPath("libs/common/web/app.py")])
    assert "libs/common/web/__init__.py is missing" in finding.text


@pytest.mark.parametrize(
    ("text", "quiet"),
    [
        ("see /wor" + "k/main", False),
        ('Path("/wor' + 'k")', False),
        ("../sha" + "red/reference/bus.md", False),
        ("a networ" + "k, the /workers path, scope.shared(name), https://host/work", True),
    ],
)
def test_no_file_names_the_place_where_it_was_written(
    tmp_path: Path, text: str, quiet: bool
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "runbook.md").write_text(text)
    assert (check_house(tmp_path) == []) is quiet


@pytest.mark.parametrize(
    ("module", "text", "quiet"),
    [
        ("chain", "from deploy.local import kafka", False),
        ("chain", "import deploy.audit_verify.tree", False),
        ("chain", "from ..local import kafka", False),
        ("chain", "import pydantic", False),
        ("chain", "from aiokafka import AIOKafkaConsumer", False),
        ("chain", "def f():\n    import libs", False),
        ("broker", "from aiokafka import AIOKafkaConsumer", True),
        ("chain", "import hashlib\nimport rfc8785\nfrom .tree import roots", True),
    ],
)
def test_the_verifier_can_be_given_away_as_a_folder(module: str, text: str, quiet: bool) -> None:
    assert (found(f"deploy/audit_verify/{module}.py", text) == []) is quiet


def test_broken_python_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "libs").mkdir()
    (tmp_path / "libs" / "__init__.py").write_text("def")
    (finding,) = check_house(tmp_path)
    assert str(finding) == "libs/__init__.py:1: this is no Python"
