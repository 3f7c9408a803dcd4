"""One OpenAPI document out of several, with only the operations that are permitted to somebody."""

import json
from collections.abc import Callable, Iterator, Mapping

from pydantic import JsonValue

from libs.common.refusals import declare
from services.gateway.domain import refusals
from services.gateway.domain.key import for_keys
from services.gateway.domain.openapi_answers import shared_answers
from services.gateway.domain.openapi_repeating import repeatable
from services.gateway.domain.permissions import Operation
from services.gateway.domain.roles import OPEN, OPERATOR

Document = Mapping[str, JsonValue]
Object = dict[str, JsonValue]
Schemas = Object
Listed = Callable[[str, str], Operation | None]

_PREFIX = "#/components/schemas/"
_KEY: JsonValue = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "ink_live_<id>_<secret>",
    "description": "A key of an agency's program, from `POST /v1/keys`; never with the cookie.",
}
_METHODS = ("get", "put", "post", "delete", "patch")
_DESCRIPTION = """\
Who is calling, what matters, what to beware of: for an agency's own apps.

Times are RFC 3339 in UTC, numbers E.164. A list is `data` and `next_cursor`, which is null on the
last page. Every error is a problem (RFC 9457), whose `code` is for programs: each answer names the
codes it can have. A change carries the header `Origin`, as browsers send it. `X-Request-ID` comes
back. Fields and codes may be added within `/v1`; ignore those that you do not know."""
_TAGS = {
    "about": "The API itself.",
    "audit": "The record of who did what, with proofs.",
    "calls": "Calls, and the cards that are shown with them.",
    "consents": "What people allow and refuse.",
    "conversations": "What the agency and a person have written to each other.",
    "customers": "The agency's customers, one at a time.",
    "imports": "Customers from files.",
    "keys": "What the agency's programs come with.",
    "live": "What happens, as it happens.",
    "messages": "Texts that are sent.",
    "numbers": "The agency's telephone numbers.",
    "privacy": "What people ask of their data, and how long it is kept.",
    "safeguards": "What lets data go to a region.",
    "senders": "Names that stand where a number would.",
    "session": "Signing in and out.",
    "templates": "Texts with gaps.",
    "usage": "What the agency used.",
    "users": "The agency's people.",
    "webhooks": "What the agency's programs are told as it happens.",
}


def merge(documents: Mapping[str, Document], listed: Listed, cookie: str) -> Document:
    """The documents of the services, by their names, as one.

    A schema keeps its name where all who use the name mean the same; otherwise each gets its
    service's name in front. The same input gives the same document.
    """
    clashing = _clashing({name: _schemas(d) for name, d in documents.items()})
    paths: dict[str, dict[str, Object]] = {}
    schemas: Schemas = {}
    for service in sorted(documents):
        names = {name: f"{service.capitalize()}{name}" for name in clashing}
        for path, method, operation in _operations(documents[service]):
            row = listed(method.upper(), path)
            if row is not None and row.scope != OPERATOR:
                paths.setdefault(path, {})[method] = _shown(_renamed(operation, names), row)
        for name, schema in _schemas(documents[service]).items():
            schemas[names.get(name, name)] = _renamed(schema, names)
    answers = shared_answers([operation for item in paths.values() for operation in item.values()])
    shown: Object = {path: {**paths[path]} for path in sorted(paths)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Intnet", "version": "1", "description": _DESCRIPTION},
        "servers": [{"url": "/", "description": "The agency's own console."}],
        "tags": [{"name": name, "description": told} for name, told in sorted(_TAGS.items())],
        "paths": shown,
        "components": {
            "responses": answers,
            "schemas": _used(schemas, [answers, shown]),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": cookie},
                "key": _KEY,
            },
        },
    }


def _shown(operation: JsonValue, row: Operation) -> Object:
    """An operation as it is behind the door: who may, and what the door itself refuses."""
    told = _object(operation)
    responses = dict(_object(told.get("responses")))
    for status, sentences in refusals.of(row):
        declare(responses, status, sentences)
    return {
        **repeatable(told, responses, row),
        "responses": dict(sorted(responses.items())),
        "security": _security(row),
    }


def _security(row: Operation) -> JsonValue:
    """A session or a key will do; the scope is the one that either of them needs."""
    if row.scope == OPEN:
        return []
    schemes = ["session", "key"] if for_keys(row.scope) else ["session"]
    return [{scheme: [row.scope]} for scheme in schemes]


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
