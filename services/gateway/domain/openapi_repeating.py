"""`Idempotency-Key` in the document: it may come with every POST."""

from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from services.gateway.domain import repeating
from services.gateway.domain.permissions import Operation

Object = dict[str, JsonValue]

NAME: Final = "Idempotency-Key"
_ONCE = """\
The same key and request are carried out once within 24 hours, however often they are sent; a
repetition gets the first answer."""
_PASSED_OVER = "May come with every POST; here it changes nothing."
_AGAIN: JsonValue = {
    "description": "`true`: the answer of an earlier request with this key.",
    "schema": {"type": "string"},
}


def repeatable(told: Mapping[str, JsonValue], responses: Object, row: Operation) -> Object:
    """The operation with the header; in `responses` a success has the one that says `again`."""
    if not repeating.takes(row):
        return dict(told)
    if repeating.keeps(row):
        for status, answer in responses.items():
            if status.startswith("2") and isinstance(answer, dict):
                headers = answer.get("headers")
                known = headers if isinstance(headers, dict) else {}
                responses[status] = {**answer, "headers": {**known, "Idempotent-Replayed": _AGAIN}}
    given = told.get("parameters")
    parameters = given if isinstance(given, list) else []
    if any(isinstance(one, dict) and one.get("name") == NAME for one in parameters):
        return dict(told)
    return {**told, "parameters": [*parameters, _header(row)]}


def _header(row: Operation) -> JsonValue:
    return {
        "name": NAME,
        "in": "header",
        "required": False,
        "description": _ONCE if repeating.keeps(row) else _PASSED_OVER,
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    }
