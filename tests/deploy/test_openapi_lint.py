"""The OpenAPI document keeps our rules; and each rule is broken once, to see that it tells."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from deploy.schemas import lint, openapi
from deploy.schemas.lint import faults

Change = Callable[[dict[str, Any]], object]


def operation(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/v1/customers"]["get"]
    return found


def body(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/v1/customers"]["post"]["requestBody"]["content"]
    return found


def page(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"]["Page_CustomerOut_"]["properties"]
    return found


def test_the_document_keeps_every_rule() -> None:
    assert faults(openapi.document()) == []


BROKEN: dict[str, tuple[Change, str]] = {
    "name": (
        lambda d: operation(d).update(operationId="ListCustomers"),
        "operationId `ListCustomers` is no verb and noun in snake case",
    ),
    "twice": (
        lambda d: operation(d).update(operationId="list_calls"),
        "2 operations are called `list_calls`",
    ),
    "summary": (lambda d: operation(d).pop("summary"), "no summary"),
    "description": (lambda d: operation(d).pop("description"), "no description"),
    "full stop": (
        lambda d: operation(d).update(summary="All."),
        "the summary ends with a full stop",
    ),
    "tag": (lambda d: operation(d).update(tags=["odd"]), "nobody says what the tag `odd` is"),
    "tags": (lambda d: operation(d).update(tags=[]), "not one tag"),
    "security": (lambda d: operation(d).pop("security"), "does not say who may"),
    "refusal": (lambda d: operation(d)["responses"].pop("401"), "does not declare 401"),
    "codes": (
        lambda d: d["components"]["responses"]["400-bad_cursor-two_credentials"].update(content={}),
        "answer 400 names no code",
    ),
    "no example": (
        lambda d: body(d)["application/json"].pop("example"),
        "body: no example of application/json",
    ),
    "wrong example": (
        lambda d: body(d)["application/json"]["example"].update(lawful_basis="none"),
        'body: the example does not fit: "none" is not one of',
    ),
    "wrong time": (
        lambda d: operation(d)["responses"]["200"]["content"]["application/json"]["example"][
            "data"
        ][0].update(updated_at="yesterday"),
        'answer 200: the example does not fit: "yesterday" is not a "date-time"',
    ),
    "anonymous": (
        lambda d: body(d)["application/json"].update(
            schema={"type": "object", "properties": {"a": {"type": "string"}}}, example={}
        ),
        "body: a shape without a name",
    ),
    "parameter": (
        lambda d: operation(d)["parameters"][0].update(name="pageSize"),
        "the parameter `pageSize` is not in snake case",
    ),
    "header": (
        lambda d: operation(d)["parameters"][0].update({"name": "X-Size", "in": "header"}),
        "the header `X-Size` is not among those that we know",
    ),
    "cursor": (
        lambda d: operation(d)["parameters"].pop(1),
        "`limit` and `cursor` come together",
    ),
    "page": (lambda d: page(d).pop("data"), "a page is `data` and `next_cursor`"),
    "last page": (
        lambda d: page(d).update(next_cursor={"type": "string"}),
        "`next_cursor` is never null",
    ),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_told(rule: str) -> None:
    change, told = BROKEN[rule]
    document = deepcopy(openapi.document())
    change(document)
    assert [fault for fault in faults(document) if told in fault]


def test_the_command_says_what_is_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lint.main([]) == 0
    document = deepcopy(openapi.document())
    operation(document).pop("summary")
    monkeypatch.setattr(openapi, "document", lambda: document)
    assert lint.main([]) == 1
    assert capsys.readouterr().err == "GET /v1/customers: no summary\n"
