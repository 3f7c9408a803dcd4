"""Rooms, sizes, and what a handler looks like."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from tests.support.architecture.findings import Finding, Source, text_of

SERVICES = {"ingest", "matcher", "insights", "messaging", "consent", "gateway"}
ROOMS = {"app", "settings", "api", "handlers", "jobs", "store", "clients", "domain"}
MORE_ROOMS = {"gateway": {"pages"}, "ingest": {"spool"}}
BESIDE_THE_ROOMS = {"__init__.py", "__main__.py", "README.md"}

FILE_LINES = 250
FUNCTION_LINES = 40
HANDLER_LINES = 20

_TOPIC = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.dead)?\.v[0-9]+")


def check_places(paths: Iterable[PurePosixPath]) -> Iterator[Finding]:
    """Every file of `services` is in a known room; every folder of modules is a package."""
    known = set(paths)
    for path in sorted(known):
        if path.parts[0] == "services" and path != PurePosixPath("services/__init__.py"):
            yield from _check_place(path)
        package = path.parent / "__init__.py"
        if path.suffix == ".py" and package not in known:
            yield Finding(path, 1, f"{package} is missing, so that no import contract sees this")


def _check_place(path: PurePosixPath) -> Iterator[Finding]:
    service, *inside = path.parts[1:]
    if service not in SERVICES or not inside:
        yield Finding(path, 1, f"the services are {', '.join(sorted(SERVICES))}")
        return
    rooms = ROOMS | MORE_ROOMS.get(service, set())
    room = inside[0].removesuffix(".py") if len(inside) == 1 else inside[0]
    beside = len(inside) == 1 and inside[0] in BESIDE_THE_ROOMS
    is_room = room in rooms and (len(inside) > 1 or inside[0].endswith(".py"))
    if not (beside or is_room):
        yield Finding(path, 1, f"`{inside[0]}` is no room: they are {', '.join(sorted(rooms))}")


def check_size(source: Source) -> Iterator[Finding]:
    """Files of 250 lines and functions of 40 at most; a handler has 20."""
    lines = len(source.text.splitlines())
    if lines > FILE_LINES:
        yield Finding(source.path, 1, f"{lines} lines, {FILE_LINES} the most: split it by subject")
    most = HANDLER_LINES if source.room == "handlers" else FUNCTION_LINES
    for function in source.functions():
        length = _length(function)
        if length > most:
            yield source.find(function, f"`{function.name}` has {length} lines, {most} the most")


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, less the docstring."""
    first = function.body[0]
    told = isinstance(first, ast.Expr) and text_of(first.value) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if told else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def check_handlers(source: Source) -> Iterator[Finding]:
    """A handler is a plain coroutine: the bus retries, parks, logs and knows the topics."""
    if source.room != "handlers":
        return
    for top in source.tree.body:
        if isinstance(top, ast.FunctionDef) and not top.name.startswith("_"):
            yield source.find(top, f"`{top.name}` is no coroutine: a handler is `async def`")
    for node in ast.walk(source.tree):
        fault = _fault_of_handler(node)
        if fault:
            yield source.find(node, fault)


def _fault_of_handler(node: ast.AST) -> str | None:
    if getattr(node, "decorator_list", []):
        return "a handler has no decorator: list it in CONSUMES instead"
    if isinstance(node, ast.Try | ast.TryStar):
        return "a handler has no `try`: the bus knows what to do with errors"
    if _TOPIC.fullmatch(text_of(node) or ""):
        return "a handler names no topic: its event type has one"
    if _is_logging(node):
        return "a handler sets up no logger: the bus logs for it"
    return None


def _is_logging(node: ast.AST) -> bool:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
    return bool({name.partition(".")[0] for name in names} & {"logging", "structlog"})
