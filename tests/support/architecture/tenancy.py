"""A tenant's documents are reached through a TenantScope, and in no other way.

What leaks without it: a query on `database["customers"]`, or on a scope made from a path or a
body, answers one agency with the customers of another. `TenantScope.collection` is the only
call that names a tenant's collection; a scope is made by `libs.common.service` from a verified
principal or a verified event. Collections that are no tenant's are `TenantScope.shared(name)`
and `Mongo.service_collection(name)`, whose names are a constant of `libs.common.mongo`.
"""

import ast
import re
from collections.abc import Iterator

from tests.support.architecture.findings import Finding, Source, last_name, text_of

DRIVERS = {"motor", "pymongo", "bson", "gridfs"}
STORE_ROOMS = {"store"}
BEYOND_THE_STORE = {
    "app": {"TenantScope", "Entity"},
    "api": {"Work", "Document", "is_outage"},
    "handlers": {"Work", "Document"},
    "jobs": {"Work", "Document", "is_outage"},
}

_SCOPE_MAKERS = ("libs/common/service", "libs/common/bus")
_SERVER = "deploy/local/mongod.py"  # starts the server, before there is a tenant
_LEDGER = "deploy/drill/stores.py"  # counts from outside what the services say they did
_FLOOR = "deploy/bench/raw"  # what the platform is measured against: the same job without it
_SCAN = "deploy/scan/places.py"  # looks for a person in whatever lies there, and writes nothing
_BEFORE_THE_TENANT = "services/gateway/api/desk.py"  # sign-in finds out which tenant it is
_HANDLES = re.compile(r"(?:^|_)(?:db|database|mongo|motor|mongo_client|client)$")
_COLLECTION_CALLS = {"collection", "shared", "service_collection"}
_BACK_DOORS = {"get_collection", "get_database", "get_default_database", "_database", "_collection"}


def check(source: Source, shared: frozenset[str]) -> Iterator[Finding]:
    """Every way round the TenantScope. `shared` are the names that are no tenant's."""
    if source.within("libs/common/mongo", _SERVER, _LEDGER, _FLOOR, _SCAN):
        return
    makes_scopes = source.within(*_SCOPE_MAKERS)
    for node in ast.walk(source.tree):
        texts = [*_drivers(node), *_back_doors(node)]
        if not makes_scopes:
            texts += _made_scopes(node)
        if source.service is not None:
            texts += [*_names(node, source), *_reaches(node, source)]
            texts += _calls(node, source, shared)
        for text in texts:
            yield source.find(node, text)


def shared_names(scope_module: str) -> frozenset[str]:
    """The strings of SERVICE_COLLECTIONS, from the text of `libs/common/mongo/scope.py`."""
    for node in ast.parse(scope_module).body:
        if isinstance(node, ast.Assign) and last_name(node.targets[0]) == "SERVICE_COLLECTIONS":
            return frozenset(filter(None, map(text_of, ast.walk(node.value))))
    raise LookupError("SERVICE_COLLECTIONS is not where it was")


def _drivers(node: ast.AST) -> Iterator[str]:
    modules: list[str | None] = []
    if isinstance(node, ast.Import):
        modules = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        modules = [node.module]
    elif isinstance(node, ast.Call) and last_name(node.func) in {"import_module", "__import__"}:
        modules = [text_of(argument) for argument in node.args]
    used = {str(module).partition(".")[0] for module in modules} & DRIVERS
    if used:
        yield f"{used.pop()} is imported outside libs/common/mongo"


def _back_doors(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Subscript) and _HANDLES.search(last_name(node.value)):
        yield "a collection is reached without a TenantScope: use scope.collection(entity)"
    if isinstance(node, ast.Attribute) and node.attr in _BACK_DOORS and not _is_own(node):
        yield f"`{node.attr}` goes round the TenantScope: use scope.collection(entity)"
    if isinstance(node, ast.Call) and last_name(node.func) in {"getattr", "attrgetter"}:
        names = {text_of(argument) for argument in node.args} & _BACK_DOORS
        if names or any(_HANDLES.search(last_name(a)) for a in node.args[:1]):
            yield "a collection is reached by getattr: use scope.collection(entity)"


def _is_own(node: ast.Attribute) -> bool:
    return node.attr.startswith("_") and last_name(node.value) == "self"


def _made_scopes(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and last_name(node.func) == "TenantScope":
        yield "a TenantScope is made by libs.common.service, from a principal or an event"


def _names(node: ast.AST, source: Source) -> Iterator[str]:
    """Outside the store a room takes from libs.common.mongo what it may, and no more."""
    if source.room in STORE_ROOMS or not isinstance(node, ast.ImportFrom):
        return
    if node.module != "libs.common.mongo":
        return
    allowed = BEYOND_THE_STORE.get(str(source.room), set())
    for alias in node.names:
        if alias.name not in allowed:
            yield f"`{alias.name}` belongs into the store: only the store speaks Mongo"


def _reaches(node: ast.AST, source: Source) -> Iterator[str]:
    if not isinstance(node, ast.Attribute):
        return
    if node.attr == "mongo":
        yield "a service reaches MongoDB through the scope its store is given"
    if source.room not in {"api", "pages"} or source.within(_BEFORE_THE_TENANT):
        return
    of_running = node.attr == "units" and last_name(node.value).endswith("running")
    if of_running or (node.attr in {"read", "write", "once"} and last_name(node.value) == "units"):
        yield "a request reaches the store of its Caller, which is its own tenant's"


def _calls(node: ast.AST, source: Source, shared: frozenset[str]) -> Iterator[str]:
    if not isinstance(node, ast.Call):
        return
    called = last_name(node.func)
    if called not in _COLLECTION_CALLS:
        return
    if source.room not in STORE_ROOMS:
        yield "only the store speaks Mongo"
    elif called != "collection" and text_of(node.args[0] if node.args else None) not in shared:
        yield f"`{called}` takes one of {', '.join(sorted(shared))}, written out"
