"""Changes of the released API: what breaks an app is refused, and said where."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from deploy.schemas import openapi
from deploy.schemas.__main__ import main
from deploy.schemas.openapi_compatibility import breaking
from deploy.schemas.wiring import ROOT

Document = dict[str, Any]
Change = Callable[[Document], object]


def test_the_api_is_what_was_released_or_more() -> None:
    released = json.loads((ROOT / openapi.RELEASED).read_text("utf-8"))
    assert len(released["paths"]) > 40
    assert breaking(released, openapi.document()) == []


def test_what_breaks_an_app_fails_the_check_and_is_not_released(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docs, path = tmp_path / "docs" / "events", tmp_path / openapi.RELEASED
    assert main(["--release"], docs) == 0
    released = json.loads(path.read_text("utf-8"))
    released["paths"]["/v1/was-here"] = {"get": {"responses": {}}}
    path.write_text(json.dumps(released), "utf-8")
    for way in (["--check"], ["--release"]):
        capsys.readouterr()
        assert main(way, docs) == 1
        assert "GET /v1/was-here: gone" in capsys.readouterr().err
    assert "was-here" in path.read_text("utf-8")


def test_words_for_people_are_no_part_of_what_is_released() -> None:
    bare = openapi.bare(openapi.document())
    assert "description" not in bare["paths"]["/v1/customers"]["get"]
    fields = bare["components"]["schemas"]["ProblemDetails"]["properties"]
    assert {"title", "type"} <= fields.keys()  # fields that are called as a word for people is


def text(**more: Any) -> Document:
    return {"type": "string", **more}


RELEASED: Document = {
    "paths": {
        "/v1/things": {
            "get": {
                "parameters": [
                    {"in": "query", "name": "limit", "schema": {"type": "integer", "maximum": 9}}
                ],
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Out"}}
                        }
                    },
                    "404": {"$ref": "#/components/responses/none"},
                },
                "security": [{"session": ["things:read"]}],
            },
            "post": {
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/In"}}}
                },
                "responses": {"201": {}},
                "security": [{"session": ["things:write"]}],
            },
        }
    },
    "components": {
        "schemas": {
            "ProblemDetails": {"type": "object", "properties": {"code": text()}},
            "In": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": text(maxLength=10),
                    "kind": text(enum=["a", "b"]),
                    "note": {"anyOf": [text(), {"type": "null"}]},
                },
            },
            "Out": {
                "type": "object",
                "required": ["id", "parts"],
                "properties": {
                    "id": text(),
                    "kind": text(enum=["a", "b"]),
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
                },
            },
            "Part": {"type": "object", "properties": {"n": {"type": "integer"}}},
        }
    },
}


def schema(document: Document, name: str) -> Document:
    found: Document = document["components"]["schemas"][name]
    return found


def get(document: Document) -> Document:
    found: Document = document["paths"]["/v1/things"]["get"]
    return found


def post(document: Document) -> Document:
    found: Document = document["paths"]["/v1/things"]["post"]
    return found


def changed(change: Change) -> list[str]:
    current = deepcopy(RELEASED)
    change(current)
    return breaking(RELEASED, current)


GET, POST = "GET /v1/things", "POST /v1/things"
REFUSED: dict[str, tuple[Change, str]] = {
    "path": (lambda d: d["paths"].pop("/v1/things"), f"{GET}: gone"),
    "operation": (lambda d: d["paths"]["/v1/things"].pop("get"), f"{GET}: gone"),
    "status": (
        lambda d: get(d)["responses"].update({"202": get(d)["responses"].pop("200")}),
        f"{GET}: no longer answers 200",
    ),
    "scope": (
        lambda d: get(d).update(security=[{"session": ["other"]}]),
        f"{GET}: no longer open to session things:read",
    ),
    "parameter": (lambda d: get(d)["parameters"].clear(), f"{GET}: parameter `limit` is gone"),
    "narrower parameter": (
        lambda d: get(d)["parameters"][0]["schema"].update(maximum=5),
        f"{GET}: parameter `limit`: `maximum` was 9, is 5",
    ),
    "new required parameter": (
        lambda d: get(d)["parameters"].append(
            {"in": "query", "name": "since", "required": True, "schema": text()}
        ),
        f"{GET}: parameter `since` is required and was not",
    ),
    "body required": (
        lambda d: post(d)["requestBody"].update(required=True),
        f"{POST}: a body is required and was not",
    ),
    "body gone": (lambda d: post(d).pop("requestBody"), f"{POST}: takes no body any more"),
    "media type": (
        lambda d: post(d)["requestBody"].update(content={"text/csv": {}}),
        f"{POST}: body: application/json is gone",
    ),
    "field of a body": (
        lambda d: schema(d, "In")["properties"].pop("note"),
        f"{POST}: body: field `note` is gone",
    ),
    "new required field": (
        lambda d: schema(d, "In")["required"].append("kind"),
        f"{POST}: body: field `kind` is required and was not",
    ),
    "narrower words": (
        lambda d: schema(d, "In")["properties"]["kind"]["enum"].remove("b"),
        f"{POST}: body: kind: no longer takes b",
    ),
    "words where any were taken": (
        lambda d: schema(d, "In")["properties"]["name"].update(enum=["x"]),
        f"{POST}: body: name: no longer takes any value",
    ),
    "shorter": (
        lambda d: schema(d, "In")["properties"]["name"].update(maxLength=5),
        f"{POST}: body: name: `maxLength` was 10, is 5",
    ),
    "new least": (
        lambda d: schema(d, "In")["properties"]["name"].update(minLength=2),
        f"{POST}: body: name: `minLength` was None, is 2",
    ),
    "pattern": (
        lambda d: schema(d, "In")["properties"]["name"].update(pattern="^x"),
        f"{POST}: body: name: `pattern` was None, is ^x",
    ),
    "closed": (
        lambda d: schema(d, "In").update(additionalProperties=False),
        f"{POST}: body: `additionalProperties` was None, is False",
    ),
    "no null": (
        lambda d: schema(d, "In")["properties"].update(note=text()),
        f"{POST}: body: note: was null or string, is string",
    ),
    "type of an answer": (
        lambda d: schema(d, "Out")["properties"].update(id={"type": "integer"}),
        f"{GET}: answer 200: id: was string, is integer",
    ),
    "answered null": (
        lambda d: schema(d, "Out")["properties"].update(id={"anyOf": [text(), {"type": "null"}]}),
        f"{GET}: answer 200: id: was string, is null or string",
    ),
    "field of an answer": (
        lambda d: schema(d, "Out")["properties"].pop("kind"),
        f"{GET}: answer 200: field `kind` is gone",
    ),
    "may be missing": (
        lambda d: schema(d, "Out")["required"].remove("id"),
        f"{GET}: answer 200: field `id` was always there and may be missing now",
    ),
    "any word": (
        lambda d: schema(d, "Out")["properties"].update(kind=text()),
        f"{GET}: answer 200: kind: may be anything and was one of a, b",
    ),
    "in a list": (
        lambda d: schema(d, "Part")["properties"].pop("n"),
        f"{GET}: answer 200: parts[]: field `n` is gone",
    ),
    "errors": (
        lambda d: schema(d, "ProblemDetails")["properties"].pop("code"),
        "errors: field `code` is gone",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_breaks_an_app_is_refused(name: str) -> None:
    change, told = REFUSED[name]
    assert told in changed(change)


ALLOWED: dict[str, Change] = {
    "nothing": lambda d: None,
    "new path": lambda d: d["paths"].update({"/v1/others": {"get": {"responses": {}}}}),
    "new parameter": lambda d: get(d)["parameters"].append(
        {"in": "query", "name": "since", "schema": text()}
    ),
    "name in a path": lambda d: get(d).update(
        parameters=[*get(d)["parameters"], {"in": "path", "name": "x", "schema": text()}]
    ),
    "wider parameter": lambda d: get(d)["parameters"][0]["schema"].update(maximum=50),
    "new refusal": lambda d: get(d)["responses"].update({"409": {}}),
    "refusal elsewhere": lambda d: get(d)["responses"].update({"404": {"content": {}}}),
    "another way in": lambda d: get(d)["security"].append({"key": ["things:read"]}),
    "new field": lambda d: schema(d, "In")["properties"].update(more=text()),
    "no more required": lambda d: schema(d, "In")["required"].clear(),
    "more words taken": lambda d: schema(d, "In")["properties"]["kind"]["enum"].append("c"),
    "more words answered": lambda d: schema(d, "Out")["properties"]["kind"]["enum"].append("c"),
    "longer": lambda d: schema(d, "In")["properties"]["name"].update(maxLength=50),
    "null taken": lambda d: schema(d, "In")["properties"].update(
        name={"anyOf": [text(maxLength=10), {"type": "null"}]}
    ),
    "more is said": lambda d: schema(d, "Out")["properties"].update(more=text()),
    "always there": lambda d: schema(d, "Out")["required"].append("kind"),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_breaks_nobody_is_allowed(name: str) -> None:
    assert changed(ALLOWED[name]) == []
