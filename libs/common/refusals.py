"""Error answers as OpenAPI documents declare them: by status, with an example for each code."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

MEDIA_TYPE: Final = "application/problem+json"
SCHEMA: Final = "ProblemDetails"

_PHRASES = {413: "Content Too Large", 422: "Unprocessable Content"}  # older Pythons differ

Responses = dict[int | str, dict[str, Any]]


def refuses(status: int, sentences: Mapping[str, str]) -> Responses:
    """`responses=` of an operation: with which codes it refuses, and a sentence on each.

    Those that follow from the kind of the operation (401, 413 …) are added to every document.
    """
    responses: dict[str, Any] = {}
    declare(responses, status, sentences)
    return {status: responses[str(status)]}


def declare(responses: dict[str, Any], status: int, sentences: Mapping[str, str]) -> None:
    """Adds codes to the answers of an operation; what is there stays."""
    known = responses.get(str(status), {}).get("content", {}).get(MEDIA_TYPE, {})
    examples = {
        **{code: {"value": _problem(status, code, said)} for code, said in sentences.items()},
        **known.get("examples", {}),
    }
    examples = dict(sorted(examples.items()))
    responses[str(status)] = {
        "description": f"{phrase_of(status)}: {', '.join(f'`{code}`' for code in examples)}.",
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": f"#/components/schemas/{SCHEMA}"},
                "examples": examples,
            }
        },
    }


def codes_in(response: Mapping[str, Any]) -> frozenset[str]:
    """The codes that an answer of a document declares."""
    return frozenset(response.get("content", {}).get(MEDIA_TYPE, {}).get("examples", {}))


def phrase_of(status: int) -> str:
    """The status in words, as RFC 9110 has them."""
    return _PHRASES.get(status) or HTTPStatus(status).phrase


def _problem(status: int, code: str, sentence: str) -> dict[str, Any]:
    return {
        "type": f"urn:intnet:problem:{code}",
        "title": phrase_of(status),
        "status": status,
        "code": code,
        "detail": sentence,
    }
