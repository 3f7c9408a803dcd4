"""Errors as RFC 9457 problems: what went wrong and what to do, never what was sent."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from libs.common import telemetry
from libs.common.refusals import MEDIA_TYPE, phrase_of

DETAILS = {
    404: "There is no such thing.",
    405: "This path takes other methods; see the Allow header.",
    413: "The body is too large; send less at once.",
    500: "Something failed on our side; it has been recorded.",
}


NOT_FOUND: Final = {"not_found": DETAILS[404]}
"""For `refuses`, where the thing is named by no path."""


class FieldError(BaseModel):
    """One fault in a request."""

    pointer: str = Field(
        description="JSON pointer into the body (`#/items/0/name`), or the name of a parameter.",
        examples=["#/phone"],
    )
    detail: str = Field(examples=["Field required"])


class ProblemDetails(BaseModel):
    """The body of every error answer (RFC 9457)."""

    type: str = Field(examples=["urn:intnet:problem:invalid_request"])
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    code: str = Field(description="Stable word for programs.", examples=["invalid_request"])
    detail: str = Field(description="One sentence for people.")
    errors: list[FieldError] | None = None
    trace_id: str | None = Field(
        None, description="To be quoted in a question. A 404 has none: it is always the same."
    )


class Problem(Exception):
    """An answer that is not a success, raised by the code behind an operation.

    Args:
        status: HTTP status.
        code: stable word for programs (`import_not_ready`).
        detail: one sentence that says what to do; nothing that was sent.
        errors: the faults, where there are several.
        headers: more headers, such as Retry-After.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.detail = status, code, detail
        self.errors = list(errors)
        self.headers = headers


def not_found() -> Problem:
    """The one answer for ids that do not exist and for ids of another tenant."""
    return of_status(404)


def render(problem: Problem) -> Response:
    """The problem as a response."""
    body = ProblemDetails(
        type=f"urn:intnet:problem:{problem.code}",
        title=phrase_of(problem.status),
        status=problem.status,
        code=problem.code,
        detail=problem.detail,
        errors=problem.errors or None,
        trace_id=None if problem.status == 404 else telemetry.trace_id(),
    )
    return Response(
        body.model_dump_json(exclude_none=True),
        status_code=problem.status,
        headers=problem.headers,
        media_type=MEDIA_TYPE,
    )


def of_status(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """The problem that says no more than its status does."""
    phrase = phrase_of(status)
    detail = DETAILS.get(status, f"{phrase}.")
    return Problem(status, phrase.lower().replace(" ", "_"), detail, headers=headers)


def install(app: FastAPI) -> None:
    """Makes problems of everything that FastAPI and Starlette would answer otherwise."""

    async def raised(_: Request, error: Exception) -> Response:
        return render(cast(Problem, error))

    async def of_framework(_: Request, error: Exception) -> Response:
        known = cast(HTTPException, error)
        return render(of_status(known.status_code, known.headers))

    async def invalid(request: Request, error: Exception) -> Response:
        return render(_invalid_request(request.app, cast(RequestValidationError, error)))

    async def failed(_: Request, _error: Exception) -> Response:
        return render(of_status(500))

    app.add_exception_handler(Problem, raised)
    app.add_exception_handler(HTTPException, of_framework)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, failed)


def _invalid_request(app: FastAPI, error: RequestValidationError) -> Problem:
    names = _published_names(app)
    errors = [
        FieldError(pointer=_pointer(fault["loc"], names), detail=_detail(fault))
        for fault in error.errors()
    ]
    detail = "Part of the request cannot be used; see `errors`."
    return Problem(422, "invalid_request", detail, errors=errors)


def _pointer(loc: tuple[str | int, ...], names: frozenset[str]) -> str:
    """Only names that we publish: another one in the place of a field may be anything."""
    place, *path = loc
    parts = [str(part) if isinstance(part, int) or part in names else "*" for part in path]
    return "/".join(["#", *parts]) if place == "body" else ".".join(parts)


def _detail(fault: Mapping[str, Any]) -> str:
    """Pydantic's words, unless they may repeat what was sent (`error` and `tag` do).

    A validator of ours that wants its own words heard raises PydanticCustomError.
    """
    if {"error", "tag"} & set(fault.get("ctx", {})):
        return "This value cannot be used."
    return telemetry.redact_text(str(fault["msg"]))


def _published_names(app: FastAPI) -> frozenset[str]:
    document = app.openapi()
    schemas = document.get("components", {}).get("schemas", {}).values()
    fields = {name for schema in schemas for name in schema.get("properties", {})}
    operations = [o for path in document.get("paths", {}).values() for o in path.values()]
    parameters = {p["name"] for o in operations for p in o.get("parameters", [])}
    return frozenset(fields | parameters)
