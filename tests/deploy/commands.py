"""Commands that a page names, and whether there are such."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from deploy.cli.app import app
from deploy.schemas.wiring import ROOT

_BLOCK = re.compile(r"^ *```\w*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`]+)`")
_INDENTED = re.compile(r"^ {2,}([^\s`][^`\n]*)$", re.MULTILINE)
_GIVEN = re.compile(r"^(?:[A-Z_]+=\S+ )+")
_INTNET = re.compile(r"^(?:\.venv/bin/)?python -m deploy\.cli\b|^intnet(?= |$)")
_MODULE = re.compile(r"^(?:\.venv/bin/)?python -m (deploy[\w.]*)")
_ID = re.compile(r"\bID\b")  # stands for an agency's
_MAKE = re.compile(r"^make ([a-z][a-z-]*)")


def pages() -> list[Path]:
    """Every page of the repository but the changelog, which tells of what was."""
    found = [path for path in ROOT.rglob("*.md") if path.relative_to(ROOT).parts[0][0] != "."]
    notes = ROOT / "deploy" / "chart" / "templates" / "NOTES.txt"
    return sorted({*found, notes} - {ROOT / "CHANGELOG.md"})


def lines(text: str) -> Iterator[str]:
    """What could be a command: lines of blocks, indented lines, and spans of code."""
    blocks = _BLOCK.findall(text)
    for line in (line for block in blocks for line in block.splitlines()):
        yield _GIVEN.sub("", line.strip())
    rest = _BLOCK.sub("", text)
    for line in (*_INDENTED.findall(rest), *_SPAN.findall(rest)):
        yield _GIVEN.sub("", " ".join(line.split()))


def of_intnet(text: str) -> list[str]:
    """Lines of the operators' command line, without its name; `a|b` is two of them."""
    found = [_INTNET.sub("", line).strip() for line in lines(text) if _INTNET.match(line)]
    return sorted({one for line in found for one in _each(line) if one})


def of_modules(text: str) -> set[str]:
    """Modules of deploy that are run."""
    return {match[1] for line in lines(text) if (match := _MODULE.match(line))}


def of_make(text: str) -> set[str]:
    """Targets of the Makefile."""
    return {match[1] for line in lines(text) if (match := _MAKE.match(line))}


def found(words: list[str]) -> tuple[Any, list[str]]:
    """The command that these words name, and what follows."""
    command: Any = get_command(app)
    while hasattr(command, "commands") and words and not words[0].startswith("--"):
        inner = command.commands.get(words[0])
        assert inner, f"there is no {' '.join(words)}"
        command, words = inner, words[1:]
    return command, words


def fits(line: str) -> None:
    """Raises where the command line would not take it, or has no help for it."""
    command, words = found(shlex.split(_ID.sub("demoagency01", line), comments=True))
    options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    unknown = {word for word in words if word.startswith("--")} - options - {"--help"}
    assert not unknown, f"{line}: there is no {' '.join(sorted(unknown))}"
    if words and not hasattr(command, "commands"):  # else it is named in a sentence
        command.make_context(command.name, list(words))


def _each(line: str) -> Iterator[str]:
    head, _, last = line.rpartition(" ")
    if "|" not in last:
        yield line
        return
    for verb in last.split("|"):
        yield f"{head} {verb}".strip()
