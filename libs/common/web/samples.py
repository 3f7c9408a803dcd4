"""Examples for OpenAPI documents: made from the schemas, in words from one list.

A field that has `examples` of its own keeps them.
"""

from collections.abc import Mapping
from typing import Any, Final

from libs.common.web.sample_words import WORDS

Schema = Mapping[str, Any]

_FORMATS: Final = {
    "date-time": "2026-03-02T09:30:00Z",
    "date": "2026-03-02",
    "uuid": "01928f0e-6f1c-7c3a-9d58-0a1b2c3d4e5f",
}
_KINDS: Final = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
    type(None): "null",
}
_DEEPEST: Final = 12
_NOTHING: Final = object()


class Sampler:
    """Makes an example of any schema of one document; the same schema gives the same example."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = schemas

    def of(self, schema: Schema, name: str = "", model: str = "", depth: int = 0) -> Any:
        """A value that the schema takes; None for bytes.

        Args:
            schema: as OpenAPI 3.1 has it.
            name: of the field.
            model: the name of the schema that the field is in.
            depth: how far down it is.
        """
        if "$ref" in schema:
            target = schema["$ref"].rpartition("/")[2]
            if target in WORDS:
                return WORDS[target]
            return self.of(self._schemas[target], name, target, depth + 1)
        known = _said(schema, f"{model}.{name}", name)
        if known is not _NOTHING:
            return known
        branches = schema.get("anyOf") or schema.get("oneOf")
        if branches:
            return self.of(_telling(branches), name, model, depth)
        if depth > _DEEPEST:
            return None
        return self._made(schema, name, model, depth)

    def _made(self, schema: Schema, name: str, model: str, depth: int) -> Any:
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, model, depth)
        if kind == "array":
            return [self.of(schema.get("items", {}), name, model, depth + 1)]
        if kind in {"integer", "number"}:
            return schema.get("minimum", 1)
        if kind == "boolean":
            return False
        if schema.get("format") == "binary":
            return None
        return _FORMATS.get(schema.get("format", ""), "text")

    def _object(self, schema: Schema, model: str, depth: int) -> dict[str, Any]:
        title = model or schema.get("title", "")
        fields = {
            field: self.of(part, field, title, depth + 1)
            for field, part in schema.get("properties", {}).items()
        }
        others = schema.get("additionalProperties")
        if not fields and isinstance(others, Mapping):
            key = next(iter(schema.get("propertyNames", {}).get("enum", ())), "name")
            return {key: self.of(others, "", "", depth + 1)}
        return fields


def _said(schema: Schema, *names: str) -> Any:
    """What the schema or the list says in so many words."""
    if schema.get("examples"):
        return schema["examples"][0]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    found = next((WORDS[name] for name in names if name in WORDS), _NOTHING)
    return found if _fits(found, schema) else _NOTHING


def _fits(value: Any, schema: Schema) -> bool:
    """Whether what the list has is of the type that is wanted."""
    kinds = {schema.get("type"), *(part.get("type") for part in schema.get("anyOf", ()))}
    return _KINDS.get(type(value)) in kinds


def _telling(branches: list[Schema]) -> Schema:
    """The first that is not null."""
    return next((one for one in branches if one.get("type") != "null"), branches[0])
