from typing import Any

import pytest
from pydantic import JsonValue

from libs.common.refusals import codes_in, declare, refuses
from services.gateway.domain.openapi import merge
from services.gateway.domain.openapi_answers import shared_answers
from services.gateway.domain.permissions import Operation, listed


def document(path: str, schemas: dict[str, Any], method: str = "get", uses: str = "") -> Any:
    response = {"content": {"application/json": {"schema": reference(uses)}}} if uses else {}
    operation = {"operationId": f"{method}_{path}", "responses": {"200": response}}
    return {"paths": {path: {method: operation}}, "components": {"schemas": schemas}}


def reference(name: str) -> dict[str, JsonValue]:
    return {"$ref": f"#/components/schemas/{name}"}


def everything(method: str, path: str) -> Operation:
    return Operation(method, path, "customers:read")


def used(merged: Any, path: str) -> str:
    responses = merged["paths"][path]["get"]["responses"]
    schema: str = responses["200"]["content"]["application/json"]["schema"]["$ref"]
    return schema.removeprefix("#/components/schemas/")


SAME = {"Problem": {"type": "object"}}


def test_what_all_mean_alike_keeps_its_name() -> None:
    merged: Any = merge(
        {"matcher": document("/a", SAME, uses="Problem"), "gateway": document("/b", SAME)},
        everything,
        "sid",
    )
    assert merged["components"]["schemas"] == SAME


def test_one_name_for_two_things_becomes_two_names() -> None:
    merged: Any = merge(
        {
            "matcher": document("/a", {"Page": {"title": "customers"}}, uses="Page"),
            "insights": document("/b", {"Page": {"title": "calls"}}, uses="Page"),
        },
        everything,
        "sid",
    )
    assert used(merged, "/a") == "MatcherPage"
    assert used(merged, "/b") == "InsightsPage"
    assert merged["components"]["schemas"]["MatcherPage"] == {"title": "customers"}


def test_what_refers_to_different_things_is_different() -> None:
    def schemas(title: str) -> dict[str, Any]:
        return {"Page": {"items": reference("Item")}, "Item": {"title": title}, **SAME}

    merged: Any = merge(
        {
            "matcher": document("/a", schemas("customer"), uses="Page"),
            "insights": document("/b", schemas("call"), uses="Page"),
        },
        everything,
        "sid",
    )
    assert sorted(merged["components"]["schemas"]) == [
        "InsightsItem", "InsightsPage", "MatcherItem", "MatcherPage"
    ]  # fmt: skip
    assert merged["components"]["schemas"]["MatcherPage"] == {"items": reference("MatcherItem")}


def test_the_same_input_gives_the_same_document() -> None:
    one, other = document("/a", SAME, uses="Problem"), document("/b", SAME)
    first = merge({"matcher": one, "insights": other}, everything, "sid")
    second = merge({"insights": other, "matcher": one}, everything, "sid")
    assert str(first) == str(second)


def test_only_what_is_in_the_table_is_shown() -> None:
    merged: Any = merge(
        {
            "gateway": document("/operator/v1/tenants", {}),
            "matcher": document("/v1/customers/{id}", {}),
            "insights": document("/v1/calls", {"Secret": {}}, "delete", uses="Secret"),
        },
        listed,
        "__Host-sid",
    )
    assert list(merged["paths"]) == ["/v1/customers/{id}"]
    assert merged["paths"]["/v1/customers/{id}"]["get"]["security"] == [
        {"session": ["customers:read"]},
        {"key": ["customers:read"]},
    ]
    assert merged["components"]["schemas"] == {}
    assert merged["components"]["securitySchemes"]["session"]["name"] == "__Host-sid"


@pytest.mark.parametrize(
    ("scope", "schemes"),
    [
        ("open", []),
        ("known", ["session", "key"]),
        ("calls:read", ["session", "key"]),
        ("session", ["session"]),
        ("users:write", ["session"]),
        ("privacy:decide", ["session"]),
    ],
)
def test_each_operation_says_what_to_come_with(scope: str, schemes: list[str]) -> None:
    merged: Any = merge(
        {"gateway": document("/a", {})}, lambda method, path: Operation(method, path, scope), "sid"
    )
    asked = merged["paths"]["/a"]["get"]["security"]
    assert asked == [{scheme: [scope]} for scheme in schemes]
    declared = merged["components"]["securitySchemes"]
    assert set(schemes) <= set(declared)
    assert (declared["key"]["type"], declared["key"]["scheme"]) == ("http", "bearer")


def test_a_document_that_is_none_is_passed_over() -> None:
    odd: dict[str, JsonValue] = {"paths": [], "components": {"schemas": "none"}}
    assert merge({"matcher": odd, "insights": {}}, everything, "sid")["paths"] == {}


def test_an_answer_that_several_have_alike_stands_in_one_place() -> None:
    away: dict[str, Any] = {"description": "d"}
    declare(away, 503, {"busy": "Ask again."})
    operations: list[dict[str, Any]] = [
        {"responses": {"200": {}, "503": dict(away["503"])}},
        {"responses": {"503": dict(away["503"])}},
        {"responses": {"409": refuses(409, {"taken": "Alone."})[409]}},
    ]
    found: Any = shared_answers(operations)
    assert list(found) == ["503-busy"]
    reference = {"$ref": "#/components/responses/503-busy"}
    assert operations[0]["responses"] == {"200": {}, "503": reference}
    assert operations[1]["responses"] == {"503": reference}
    assert codes_in(operations[2]["responses"]["409"]) == {"taken"}


def test_answers_of_one_name_that_differ_are_told_apart() -> None:
    one, other = (refuses(409, {"taken": said})[409] for said in ("One.", "Other."))
    operations: list[dict[str, Any]] = [
        {"responses": {"409": dict(answer)}} for answer in (one, one, other, other)
    ]
    found: Any = shared_answers(operations)
    assert found == {"409-taken": one}
    assert operations[2]["responses"]["409"] == other
