"""Completes FastAPI's OpenAPI document: every operation declares the problems it can answer."""

from typing import Any

from libs.common.web.problems import MEDIA_TYPE, FieldError, ProblemDetails, phrase_of

_REFERENCE = {"$ref": "#/components/schemas/ProblemDetails"}


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Adds problem answers and takes out FastAPI's own error schemas."""
    operations = [o for path in document.get("paths", {}).values() for o in path.values()]
    for operation in operations:
        for status in _problems_of(operation):
            operation["responses"][str(status)] = {
                "description": phrase_of(status),
                "content": {MEDIA_TYPE: {"schema": _REFERENCE}},
            }
        operation["responses"] = dict(sorted(operation["responses"].items()))
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for model in (FieldError, ProblemDetails):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schema.pop("$defs", None)
        schemas[model.__name__] = schema
    return document


def _problems_of(operation: dict[str, Any]) -> list[int]:
    parameters = operation.get("parameters", [])
    found = {500}
    if operation.get("security"):
        found |= {401, 403}
    if any(parameter["in"] == "path" for parameter in parameters):
        found |= {404}
    if "requestBody" in operation:
        found |= {413}
    if parameters or "requestBody" in operation:
        found |= {422}
    declared = {int(s) for s in operation["responses"] if s.isdigit() and int(s) >= 400}
    return sorted(found | declared)
