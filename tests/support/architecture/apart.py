"""The verifier of the audit trail is a folder that can be copied away.

Import contracts name what is forbidden; here is what is allowed, so that a new package of the
platform is not let in by being forgotten there.
"""

import ast
import sys
from collections.abc import Iterator

from tests.support.architecture.findings import Finding, Source

FOLDER = "deploy/audit_verify"
_MAY = {"cryptography", "rfc8785"}
_MAY_READ_A_BROKER = {"aiokafka"}


def check(source: Source) -> Iterator[Finding]:
    """Every import of the verifier that a copy of its folder could not follow."""
    if not source.within(FOLDER):
        return
    may = _MAY | (_MAY_READ_A_BROKER if source.within(f"{FOLDER}/broker.py") else set())
    for node in ast.walk(source.tree):
        for name in _imported(node):
            if name not in may and name not in sys.stdlib_module_names:
                yield source.find(node, f"`{name}` is not where a copy of this folder is")


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level != 1:
        return ["." * node.level + (node.module or "").partition(".")[0]]
    return []
