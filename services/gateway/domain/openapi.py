"""One OpenAPI document out of several, with only the operations that are permitted to somebody."""

import json
from collections.abc import Callable, Iterator, Mapping

from pydantic import JsonValue

from services.gateway.domain.permissions import Operation
from services.gateway.domain.roles import OPEN, OPERATOR

Document = Mapping[str, JsonValue]
Schemas = dict[str, JsonValue]
Listed = Callable[[str, str], Operation | None]

_PREFIX = "#/components/schemas/"
_METHODS = ("get", "put", "post", "delete", "patch")


def merge(documents: Mapping[str, Document], listed: Listed, cookie: str) -> Document:
    """The documents of the services, by their names, as one.

    A schema keeps its name where all who use the name mean the same; otherwise each gets its
    service's name in front. The same input gives the same document.
    """
    clashing = _clashing({name: _schemas(d) for name, d in documents.items()})
    paths: dict[str, dict[str, JsonValue]] = {}
    schemas: Schemas = {}
    for service in sorted(documents):
        names = {name: f"{service.capitalize()}{name}" for name in clashing}
        for path, method, operation in _operations(documents[service]):
            row = listed(method.upper(), path)
            if row is not None and row.scope != OPERATOR:
                paths.setdefault(path, {})[method] = {
                    **_object(_renamed(operation, names)),
                    "security": [] if row.scope == OPEN else [{"session": [row.scope]}],
                }
        for name, schema in _schemas(documents[service]).items():
            schemas[names.get(name, name)] = _renamed(schema, names)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Intnet", "version": "1"},
        "paths": {path: paths[path] for path in sorted(paths)},
        "components": {
            "schemas": _used(schemas, list(paths.values())),
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": cookie}},
        },
    }


def _clashing(by_service: Mapping[str, Schemas]) -> set[str]:
    """Names that stand for different things, directly or through what they refer to."""
    clashing: set[str] = set()
    while True:
        meanings: dict[str, set[str]] = {}
        for service, schemas in by_service.items():
            for name, schema in schemas.items():
                whose = service if _references(schema) & clashing else ""
                meanings.setdefault(name, set()).add(whose + json.dumps(schema, sort_keys=True))
        found = {name for name, different in meanings.items() if len(different) > 1}
        if found <= clashing:
            return clashing
        clashing |= found


def _used(schemas: Schemas, roots: JsonValue) -> Schemas:
    """The schemas that the operations refer to, directly or not, by name."""
    used: set[str] = set()
    fresh = _references(roots)
    while fresh:
        used |= fresh
        fresh = {n for name in fresh for n in _references(schemas.get(name))} - used
    return {name: schemas[name] for name in sorted(used) if name in schemas}


def _references(value: JsonValue) -> set[str]:
    if isinstance(value, list):
        return {name for item in value for name in _references(item)}
    if not isinstance(value, dict):
        return set()
    found = {name for item in value.values() for name in _references(item)}
    reference = value.get("$ref")
    if isinstance(reference, str):
        found.add(reference.removeprefix(_PREFIX))
    return found


def _renamed(value: JsonValue, names: Mapping[str, str]) -> JsonValue:
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    if isinstance(value, dict):
        return {key: _renamed(item, names) for key, item in value.items()}
    if isinstance(value, str) and value.startswith(_PREFIX):
        name = value.removeprefix(_PREFIX)
        return _PREFIX + names.get(name, name)
    return value


def _operations(document: Document) -> Iterator[tuple[str, str, JsonValue]]:
    for path, item in _object(document.get("paths")).items():
        for method, operation in _object(item).items():
            if method in _METHODS:
                yield path, method, operation


def _schemas(document: Document) -> Schemas:
    return _object(_object(document.get("components")).get("schemas"))


def _object(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}
