"""No page names a command, a module to run or a target that there is not."""

import importlib.util
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.app import app
from deploy.schemas.wiring import ROOT
from tests.deploy import commands

TEXTS = {path.relative_to(ROOT): path.read_text() for path in commands.pages()}
INTNET = [(page, line) for page, text in TEXTS.items() for line in commands.of_intnet(text)]
MODULES = sorted({one for text in TEXTS.values() for one in commands.of_modules(text)})
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def named(line: str) -> tuple[str, ...]:
    """The sub-command alone."""
    words = shlex.split(line, comments=True)
    _, rest = commands.found(words)
    return tuple(words[: len(words) - len(rest)])


@pytest.mark.parametrize(("page", "line"), INTNET, ids=str)
def test_every_command_line_is_one_that_there_is(page: Path, line: str) -> None:
    commands.fits(line)


def test_each_of_them_has_help() -> None:
    asked = {named(line) for _, line in INTNET}
    assert len(asked) > 15
    for words in sorted(asked):
        result = CliRunner().invoke(app, [*words, "--help"])
        assert (result.exit_code, "Usage" in result.output) == (0, True), words


def test_pages_are_read_whole() -> None:
    """Blocks, spans and the chart's notes."""
    pages = {str(page) for page, _ in INTNET}
    assert {"docs/operating.md", "docs/runbook.md", "deploy/chart/README.md"} <= pages
    assert {"deploy/compose/README.md", "deploy/chart/templates/NOTES.txt"} <= pages


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("heal --all", "there is no heal"),
        ("dead revive matcher", "there is no revive"),
        ("dead list matcher --everything", "there is no --everything"),
    ],
)
def test_a_command_that_there_is_not_is_noticed(line: str, told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        commands.fits(line)


def test_a_command_without_what_it_needs_is_noticed() -> None:
    with pytest.raises(Exception, match="Missing parameter: profile"):
        commands.fits("tenant create --name Lone")


@pytest.mark.parametrize("module", MODULES)
def test_every_module_that_is_run_can_be_run(module: str) -> None:
    spec = importlib.util.find_spec(module)
    assert spec
    assert spec.origin
    main = Path(spec.origin)
    main = main.with_name("__main__.py") if main.name == "__init__.py" else main
    assert "__main__" in main.read_text()


def test_every_target_of_make_is_one_that_there_is() -> None:
    asked = {one for text in TEXTS.values() for one in commands.of_make(text)}
    assert {"check", "test", "deploy-check"} <= asked
    assert asked <= TARGETS
