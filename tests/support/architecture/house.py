"""Runs every check over one source text, or over the whole house."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tests.support.architecture import apart, rooms, tenancy
from tests.support.architecture.findings import Finding, Source

SCOPE_MODULE = "libs/common/mongo/scope.py"
ROOTS = ("libs", "services", "deploy")
TEXTS = {
    ".py",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".json",
    ".html",
    ".css",
    ".js",
    ".csv",
    ".ini",
    "",
}
_HIDDEN_BUT_OURS = {".ci", ".github"}
# The workplace leaves no trace. Put together, so that this line is none.
_WORKPLACE = re.compile(r"(?<![\w.-])/" + r"work(?![\w-])|(?<![\w-])" + r"shared/(?:ref|pol|hook)")


def check_source(path: PurePosixPath, text: str, shared: frozenset[str]) -> list[Finding]:
    """The broken rules of one module, given its path from the root. Pure."""
    try:
        source = Source.parse(path, text)
    except SyntaxError as error:
        return [Finding(path, error.lineno or 1, "this is no Python")]
    return sorted(
        [
            *apart.check(source),
            *tenancy.check(source, shared),
            *rooms.check_size(source),
            *rooms.check_handlers(source),
        ],
        key=str,
    )


def check_words(path: PurePosixPath, text: str) -> Iterator[Finding]:
    """Lines that speak of the place where the code was written."""
    for number, line in enumerate(text.splitlines(), 1):
        if _WORKPLACE.search(line):
            yield Finding(path, number, "this names a place that is not in the repository")


def check_house(root: Path) -> list[Finding]:
    """The broken rules of the whole repository."""
    files = [PurePosixPath(f.relative_to(root).as_posix()) for f in _files(root)]
    housed = [path for path in files if path.parts[0] in ROOTS]
    findings = list(rooms.check_places(housed))
    scope_module = root / SCOPE_MODULE
    shared = (
        tenancy.shared_names(scope_module.read_text()) if scope_module.exists() else frozenset()
    )
    for path in files:
        if path.suffix not in TEXTS:
            continue
        text = (root / path).read_text(encoding="utf-8", errors="replace")
        findings += check_words(path, text)
        if path.suffix == ".py" and path.parts[0] in ROOTS:
            findings += check_source(path, text, shared)
    return findings


def _files(root: Path) -> Iterator[Path]:
    for path in sorted(root.iterdir()):
        if path.is_file():
            yield path
        elif path.name in _HIDDEN_BUT_OURS or not path.name.startswith((".", "__pycache__")):
            yield from _files(path)
