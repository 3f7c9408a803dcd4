"""Completes FastAPI's OpenAPI document: every operation declares what it can answer, by example.

What follows from the kind of an operation is declared here for all of them; what one refuses
besides stands with it (`responses=refuses(409, {"taken": "…"})`).
"""

from typing import Any, Final

from libs.common.refusals import declare
from libs.common.web.problems import DETAILS, FieldError, ProblemDetails
from libs.common.web.samples import Sampler

_STATUS: Final = {
    "bad_cursor": 400,
    "bad_request": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "content_too_large": 413,
    "unsupported_media_type": 415,
    "idempotency_mismatch": 422,
    "invalid_request": 422,
    "internal_server_error": 500,
}
_SENTENCES: Final = {
    "bad_cursor": "This cursor belongs to no page of this list; begin again without one.",
    "bad_request": "The body is not in the encoding that it should have.",
    "unauthenticated": "Sign in first.",
    "forbidden": "Your role does not allow this.",
    "not_found": DETAILS[404],
    "content_too_large": DETAILS[413],
    "unsupported_media_type": "Send the body as application/json.",
    "idempotency_mismatch": (
        "This key was used with another body. Send this one under a key of its own."
    ),
    "invalid_request": "Part of the request cannot be used; see `errors`.",
    "internal_server_error": DETAILS[500],
}


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Adds problem answers and examples, and takes out FastAPI's own error schemas."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for model in (FieldError, ProblemDetails):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schema.pop("$defs", None)
        schemas[model.__name__] = schema
    sampler = Sampler(schemas)
    for path in document.get("paths", {}).values():
        for method, operation in path.items():
            _refuse(operation)
            if method == "get":
                _condition(operation)
            _exemplify(operation, sampler)
    return document


def _refuse(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    if _is_frameworks(responses.get("422", {})):
        del responses["422"]
    for code in _codes_of(operation):
        declare(responses, _STATUS[code], {code: _SENTENCES[code]})
    operation["responses"] = dict(sorted(responses.items()))


def _is_frameworks(response: dict[str, Any]) -> bool:
    schema = response.get("content", {}).get("application/json", {}).get("schema", {})
    return str(schema.get("$ref", "")).endswith("/HTTPValidationError")


def _codes_of(operation: dict[str, Any]) -> set[str]:
    """The codes of whatever is made as this operation is."""
    parameters = operation.get("parameters", [])
    names = {parameter["name"].lower() for parameter in parameters}
    found = {"internal_server_error"}
    if operation.get("security"):
        found |= {"unauthenticated", "forbidden"}
    if any(parameter["in"] == "path" for parameter in parameters):
        found |= {"not_found"}
    if parameters:
        found |= {"invalid_request"}
    if "application/json" in operation.get("requestBody", {}).get("content", {}):
        found |= {"content_too_large", "bad_request", "invalid_request"}
    elif "requestBody" in operation:
        found |= {"content_too_large", "unsupported_media_type"}
    if "cursor" in names:
        found |= {"bad_cursor"}
    if "idempotency-key" in names:
        found |= {"idempotency_mismatch"}
    return found


def _condition(operation: dict[str, Any]) -> None:
    """What `Conditional` does to an answer in JSON."""
    answer = operation["responses"].get("200", {})
    if "application/json" not in answer.get("content", {}):
        return
    parameters = operation.setdefault("parameters", [])
    paged = any(parameter["name"] == "cursor" for parameter in parameters)
    parameters.append(_header("If-None-Match", "An `ETag`: what has it is not sent again."))
    answer["headers"] = {"ETag": _told("Names this state of the answer.")}
    if paged:
        answer["headers"]["Link"] = _told('The next page, with `rel="next"`; none on the last.')
    operation["responses"]["304"] = {
        "description": "Not Modified: the caller has it already.",
        "headers": {"ETag": answer["headers"]["ETag"]},
    }
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _header(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, **_told(description)}


def _told(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}


def _exemplify(operation: dict[str, Any], sampler: Sampler) -> None:
    """An example on each body, each answer that is no file, and each parameter in a path."""
    contents = [operation.get("requestBody", {}).get("content", {})]
    contents += [
        response.get("content", {})
        for status, response in operation["responses"].items()
        if status.startswith("2")
    ]
    for content in contents:
        for media in content.values():
            if "schema" in media and not {"example", "examples"} & media.keys():
                _give(media, sampler.of(media["schema"]))
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path" and "example" not in parameter:
            _give(parameter, sampler.of(parameter["schema"], parameter["name"]))


def _give(holder: dict[str, Any], value: Any) -> None:
    if value is not None:
        holder["example"] = value
