"""What is noted is on the page, and no read of personal data goes unnoted."""

import inspect
import re
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from deploy.schemas import operations
from deploy.schemas.contract import components
from libs.common.bus.topics import SERVICES
from libs.common.events import Note
from services.gateway.api.proxy import pass_on
from tests.support.noted import Unclear, actions_in

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "audit.md"

ROW = re.compile(r"^\| `(?P<action>[a-z]+\.[a-z_]+)` \|(?P<rest>.*)\|$", re.MULTILINE)

MINE = {"/v1/session"}
"""Answers to nobody but whom they are about."""

STREAMED = {("GET", "/v1/imports/{import_id}/errors.csv"), ("GET", "/v1/live")}
"""Personal, without a model that says so."""


def test_every_action_is_on_the_page_and_the_other_way_round() -> None:
    noted = actions_in(ROOT / "services") | actions_in(ROOT / "libs")
    listed = [row["action"] for row in ROW.finditer(PAGE.read_text())]
    assert len(listed) == len(set(listed))
    assert set(listed) == noted


def test_every_row_says_all_there_is_to_say() -> None:
    for row in ROW.finditer(PAGE.read_text()):
        assert all(cell.strip() for cell in row["rest"].split("|")), row["action"]
        assert row["rest"].count("|") == 3, row["action"]


def test_actions_are_read_through_tables_calls_and_choices(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(
        "from typing import Final\n"
        "_DONE: Final = {'a': 'x.one', 'b': 'x.two'}\n"
        "def table(key): return Note(action=_DONE[key], actor='person')\n"
        "def choice(yes): return Note(action='x.three' if yes else 'x.four', actor='person')\n"
        "def named(verb, other): return Note(action=f'x.{verb}', actor='person')\n"
        "def calls():\n"
        "    named('five', 1), named(other=2, verb='six')\n"
    )
    found = {"x.one", "x.two", "x.three", "x.four", "x.five", "x.six"}
    assert actions_in(tmp_path) == found


def test_an_action_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("def f(row): return Note(action=row.action, actor='x')\n")
    with pytest.raises(Unclear):
        actions_in(tmp_path)


@pytest.mark.parametrize("service", SERVICES)
def test_every_read_of_personal_data_is_noted(service: str) -> None:
    reads = [
        (each.method, each.path, each.route)
        for each in operations.of(service)
        if each.route.include_in_schema
        and each.route.endpoint is not pass_on
        and (each.method == "GET" or each.path.endswith((":find", ":check")))
        and each.path not in MINE
    ]
    personal = [
        (method, path, route)
        for method, path, route in reads
        if (method, path) in STREAMED or _is_personal(route)
    ]
    unnoted = [
        (method, path)
        for method, path, route in personal
        if ".saw(" not in inspect.getsource(route.endpoint)
    ]
    assert unnoted == []


def test_the_reads_that_must_be_noted_are_found() -> None:
    found = {
        each.path
        for service in SERVICES
        for each in operations.of(service)
        if each.method == "GET" and _is_personal(each.route)
    }
    assert {"/v1/customers", "/v1/calls/{call_id}", "/v1/conversations/{subject}"} <= found


def test_a_note_holds_nothing_but_what_the_page_says_of_notes() -> None:
    text = PAGE.read_text()
    assert [name for name in Note.model_fields if f"`{name}`" not in text] == []


def _is_personal(route: APIRoute) -> bool:
    """Whether the answer's model, or a part of it, has a personal field."""
    model = route.response_model
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return False
    return "x-personal" in str(components([model], "#/$defs/{model}"))
