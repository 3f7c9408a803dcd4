"""values.schema.json from values.yaml: the type of each default, and no key that is not there."""

import json
from collections.abc import Iterable
from typing import Any

from deploy.charting.values import Value

_TYPES = {bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}

Schema = dict[str, Any]


def text(values: Iterable[Value]) -> str:
    """The file."""
    return json.dumps(schema(values), indent=2) + "\n"


def schema(values: Iterable[Value]) -> Schema:
    """The whole; each service takes what `default` takes."""
    whole = {value.path[0]: _of(value) for value in values}
    whole["services"]["properties"] = {
        name: {**whole["default"], "description": f"Overrides of `default` for {name}."}
        for name in whole["services"]["properties"]
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Values of the chart intnet",
        "type": "object",
        "additionalProperties": False,
        "properties": whole,
    }


def _of(value: Value) -> Schema:
    told: Schema = {"description": value.told} if value.told else {}
    if value.parts:
        parts = {part.path[-1]: _of(part) for part in value.parts}
        return {**told, "type": "object", "additionalProperties": False, "properties": parts}
    return {**told, "type": _TYPES[type(value.default)], **_limits(value)}


def _limits(value: Value) -> Schema:
    found: Schema = {}
    if "enum" in value.tags:
        found["enum"] = value.tags["enum"].split("|")
    if "min" in value.tags:
        found["minimum"] = int(value.tags["min"])
    if isinstance(value.default, list):
        found["items"] = {"type": value.tags.get("items", "object")}
    if "map" in value.tags:
        found["additionalProperties"] = {"type": value.tags["map"]}
    if value.path[-1] == "startupSeconds":
        found["maximum"] = 60
    return found
