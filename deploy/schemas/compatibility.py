"""Refuses a change that breaks whoever reads an event, or reads it again from the log.

A reader can be older than the writer, and a record older than the reader. So whatever was
released stays as it was; a field that may be absent, and a new event, can be added.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from deploy.schemas.node import Node, Schema

_FIXED = {"x-topic": "topic", "x-key": "key"}
_NOTES = {"$defs", "$id", "$ref", "$schema", "default", "deprecated", "description", "examples"}
_NOTES |= {"title", "x-personal", *_FIXED}
_COMPARED = {"additionalProperties", "allOf", "anyOf", "const", "enum", "format", "items", "oneOf"}
_COMPARED |= {"prefixItems", "properties", "required", "type"}


def incompatible(released: Mapping[str, Schema], current: Mapping[str, Schema]) -> list[str]:
    """What breaks, a sentence each, beginning with the name of the schema; empty if nothing."""
    return [
        f"{name}: {change}"
        for name, schema in sorted(released.items())
        for change in _changes(schema, current.get(name))
    ]


def _changes(released: Schema, current: Schema | None) -> Iterator[str]:
    if current is None:
        yield "gone"
        return
    for word, told in _FIXED.items():
        if released.get(word) != current.get(word):
            yield f"{told} was {released.get(word)}, is {current.get(word)}"
    yield from _compare(Node.top(released), Node.top(current), "")


def _compare(old: Node, new: Node, path: str) -> Iterator[str]:
    at = f"{path.lstrip('.')}: " if path else ""
    if old.kind != new.kind:
        yield f"{at}was {old.kind}, is {new.kind}"
        return
    for change in (*_values(old, new), *_words(old, new), *_presence(old, new)):
        yield at + change
    for name, field in old.fields().items():
        if name in new.fields():
            yield from _compare(field, new.fields()[name], f"{path}.{name}")
        else:
            yield f"{at}field `{name}` is gone"
    if old.parts().keys() != new.parts().keys():
        yield f"{at}may hold something else"
        return
    for label, part in old.parts().items():
        yield from _compare(part, new.parts()[label], path + label)


def _presence(old: Node, new: Node) -> Iterator[str]:
    before, after = (set(node.schema.get("required", ())) for node in (old, new))
    for name in sorted(after - before):
        yield f"field `{name}` is required and was not; give it a default"
    for name in sorted((before - after) & new.fields().keys()):
        yield f"field `{name}` was always there and may be missing now"


def _values(old: Node, new: Node) -> Iterator[str]:
    before, after = _allowed(old.schema), _allowed(new.schema)
    if after is not None:
        for value in ["any value"] if before is None else before:
            if value not in after:
                yield f"no longer allows {value}"


def _allowed(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _words(old: Node, new: Node) -> Iterator[str]:
    """Any other rule, a length or a pattern, is the same or the change is refused."""
    before, after = _rules(old.schema), _rules(new.schema)
    for word in sorted(before.keys() | after.keys()):
        if before.get(word) != after.get(word):
            yield f"`{word}` was {before.get(word)}, is {after.get(word)}"


def _rules(schema: Schema) -> Schema:
    """A closed object is a rule as well: it would refuse the fields of a newer writer."""
    plain = {word: said for word, said in schema.items() if word not in _NOTES | _COMPARED}
    closed = schema.get("additionalProperties") is False
    return plain | {"additionalProperties": False} if closed else plain
