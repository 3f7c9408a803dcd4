"""What a service says of its own errors, and the examples in its document."""

from typing import Annotated, Any, Literal

import pytest
from fastapi import APIRouter, Query
from jsonschema_rs import Draft202012Validator
from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from libs.common.refusals import codes_in, declare
from libs.common.web import Cursor, CursorText, IdempotencyKey, Limit, create_app, refuses
from libs.common.web.samples import Sampler

router = APIRouter(prefix="/v1")


class Part(BaseModel):
    code: Literal["near", "far"]
    weight: Annotated[float, Field(ge=0.5)]


class Thing(BaseModel):
    id: str
    made_at: AwareDatetime
    note: str | None
    parts: list[Part]
    counts: dict[str, int]
    anything: JsonValue = None


@router.post("/things", status_code=201, responses=refuses(409, {"taken": "Choose another."}))
async def make_thing(thing: Thing, key: IdempotencyKey = None) -> Thing:
    return thing


@router.get("/things/{thing_id}")
async def get_thing(thing_id: str) -> Thing:
    raise NotImplementedError


@router.get("/things")
async def list_things(limit: Limit = 50, cursor: CursorText = None) -> list[Thing]:
    Cursor("things", "t").read_name(cursor)
    return []


@router.get("/years")
async def list_years(since: Annotated[int, Query(ge=2000)] = 2000) -> list[int]:
    return [since]


DOCUMENT: dict[str, Any] = create_app("things", [router], version="1").openapi()
MAKE, GET, LIST = (
    DOCUMENT["paths"]["/v1/things"]["post"],
    DOCUMENT["paths"]["/v1/things/{thing_id}"]["get"],
    DOCUMENT["paths"]["/v1/things"]["get"],
)


def codes(operation: dict[str, Any]) -> dict[str, set[str]]:
    found = {status: set(codes_in(answer)) for status, answer in operation["responses"].items()}
    return {status: names for status, names in found.items() if names}


def test_what_follows_from_the_kind_of_an_operation_is_declared() -> None:
    assert codes(GET) == {
        "404": {"not_found"},
        "422": {"invalid_request"},
        "500": {"internal_server_error"},
    }
    assert codes(LIST)["400"] == {"bad_cursor"}


def test_what_it_refuses_besides_stands_beside() -> None:
    assert codes(MAKE) == {
        "400": {"bad_request"},
        "409": {"taken"},
        "413": {"content_too_large"},
        "422": {"idempotency_mismatch", "invalid_request"},
        "500": {"internal_server_error"},
    }
    assert list(MAKE["responses"]) == sorted(MAKE["responses"])


def test_each_code_has_an_example_that_is_such_a_problem() -> None:
    answer = MAKE["responses"]["409"]
    assert answer["description"] == "Conflict: `taken`."
    content = answer["content"]["application/problem+json"]
    assert content["schema"] == {"$ref": "#/components/schemas/ProblemDetails"}
    assert content["examples"]["taken"]["value"] == {
        "type": "urn:intnet:problem:taken",
        "title": "Conflict",
        "status": 409,
        "code": "taken",
        "detail": "Choose another.",
    }


def test_a_sentence_that_is_there_stays() -> None:
    responses = {str(status): answer for status, answer in refuses(409, {"taken": "a"}).items()}
    declare(responses, 409, {"taken": "b", "busy": "c"})
    examples = responses["409"]["content"]["application/problem+json"]["examples"]
    assert {code: one["value"]["detail"] for code, one in examples.items()} == {
        "busy": "c",
        "taken": "a",
    }


@pytest.mark.parametrize("operation", [GET, LIST])
def test_every_answer_has_an_example_that_fits(operation: dict[str, Any]) -> None:
    content = operation["responses"]["200"]["content"]["application/json"]
    root = {"components": DOCUMENT["components"], **content["schema"]}
    assert Draft202012Validator(root, validate_formats=True).is_valid(content["example"])


def test_bodies_and_parameters_have_one_too() -> None:
    example = MAKE["requestBody"]["content"]["application/json"]["example"]
    assert example["parts"] == [{"code": "near", "weight": 0.5}]
    (parameter,) = (one for one in GET["parameters"] if one["in"] == "path")
    assert parameter["example"] == "text"


SCHEMAS: dict[str, Any] = {
    "Loop": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Loop"}}}
}


@pytest.mark.parametrize(
    ("schema", "name", "made"),
    [
        ({"type": "string", "examples": ["x"], "enum": ["y"]}, "", "x"),
        ({"const": "x"}, "", "x"),
        ({"enum": ["y", "z"]}, "", "y"),
        ({"type": "string", "format": "date"}, "", "2026-03-02"),
        ({"type": "string"}, "email", "amal@example.com"),
        ({"type": "integer"}, "email", 1),
        ({"type": "integer", "minimum": 7}, "", 7),
        ({"type": "boolean"}, "", False),
        ({"type": "string", "format": "binary"}, "", None),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, "", 1),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "closed_at", None),
        ({"type": "array", "items": {"type": "string"}}, "name", ["Amal Haddad"]),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "", {"name": 1}),
        ({"type": "object"}, "", {}),
        ({}, "", "text"),
    ],
)
def test_an_example_is_made_of_the_schema(schema: dict[str, Any], name: str, made: Any) -> None:
    assert Sampler(SCHEMAS).of(schema, name) == made


def test_a_schema_that_holds_itself_comes_to_an_end() -> None:
    example = Sampler(SCHEMAS).of({"$ref": "#/components/schemas/Loop"})
    for _ in range(20):
        example = (example or {}).get("next")
    assert example is None
