"""Whether each promise is accounted for, and whether what is said of it is true."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from deploy.promises.reading import FILE, Account, Accounts, Promise, read
from libs.common import policies
from libs.common.policies import Policy, Version

_PATH = re.compile(r"`([\w.-]+(?:/[\w.{}-]+)+/?)`")
_MARK = re.compile(r"^\s*[-•]\s+")


def faults(root: Path) -> list[str]:
    """What is wrong, a sentence each; empty where every promise is accounted for."""
    return [f"{FILE}: {fault}" for fault in check(read(root), policies.load(), root)]


def check(accounts: Accounts, published: Mapping[str, Policy], root: Path) -> list[str]:
    """The same for accounts and policies that are given."""
    found = [f"{name}: no policy has this name" for name in accounts.keys() - published.keys()]
    for name, policy in published.items():
        if name not in accounts:
            found.append(f"{name}: nothing is said of this policy")
        else:
            found += (f"{name}: {fault}" for fault in _account(accounts[name], policy.current))
    every = [promise for account in accounts.values() for promise in account.promises]
    twice = [one for one, times in Counter(promise.id for promise in every).items() if times > 1]
    found += [f"{one}: more than one promise has this id" for one in sorted(twice)]
    return found + [fault for promise in every for fault in _promise(promise, root)]


def _account(account: Account, current: Version) -> Iterator[str]:
    if (account.version, account.sha256) != (current.version, current.sha256):
        yield (
            f"the text is version {current.version} ({current.sha256}), and what is said of it was "
            "written for another: go through every sentence, then write down version and hash"
        )
    for sentence in _sentences(account):
        if not any(sentence in line for line in current.text.splitlines()):
            yield f"this sentence is not in the text: {sentence}"
    for line in current.text.splitlines():
        if left := _unaccounted(line, account):
            yield f"of this nothing is said, neither a promise nor without one: {left}"


def _promise(promise: Promise, root: Path) -> Iterator[str]:
    if not promise.tests and promise.gap is None:
        yield f"{promise.id}: neither a test shows it, nor does `gap` say what is missing"
    for test in promise.tests:
        if not _exists(test, root):
            yield f"{promise.id}: there is no test {test}"
    for path in _PATH.findall(promise.control):
        if not path.startswith("v1/") and not (root / path).exists():
            yield f"{promise.id}: there is no {path}, which its control names"


def _exists(test: str, root: Path) -> bool:
    file, _, name = test.partition("::")
    path = root / file
    return file.startswith("tests/") and path.is_file() and name in _tests(path)


@cache
def _tests(file: Path) -> frozenset[str]:
    """The tests of a file, read and not run."""
    tree = ast.parse(file.read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    names = (node.name for node in tree.body if isinstance(node, kinds))
    return frozenset(name for name in names if name.startswith("test_"))


def _unaccounted(line: str, account: Account) -> str:
    """What is left of a line without what is said of it."""
    left = _MARK.sub("", line)
    for sentence in sorted(_sentences(account), key=len, reverse=True):
        left = left.replace(sentence, " ")
    return left.strip() if re.search(r"\w", left) else ""


def _sentences(account: Account) -> list[str]:
    return [*(promise.sentence for promise in account.promises), *account.without_promise]
