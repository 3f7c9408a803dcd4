"""Refusals in Telnyx's error shape: `{"errors": [{code, title, detail, source?, meta}]}`.

Source: Telnyx's list of error codes. The HTTP status varies there by the stage that refuses, so
clients decide by the code; here a field error is 400, a block 403, the rest as the code list says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from fastapi import Request
from fastapi.responses import JSONResponse

from deploy.simulator.payloads import Json

_PAGE = "https://developers.telnyx.com/docs/overview/errors/"

_TITLES = {
    "10003": "Invalid URL",
    "10004": "Missing required parameter",
    "10005": "Resource not found",
    "10007": "Unexpected error",
    "10009": "Authentication failed",
    "10011": "Too many requests",
    "10015": "Bad Request",
    "40001": "Not routable",
    "40002": "Blocked as spam - temporary",
    "40003": "Blocked as spam - permanent",
    "40006": "Recipient server unavailable",
    "40008": "Undeliverable",
    "40010": "Not 10DLC registered",
    "40012": "Invalid messaging destination number",
    "40013": "Invalid messaging source number",
    "40300": "Blocked due to STOP message",
    "40301": "Unsupported message type for the 'to' address",
    "40302": "Message too large",
    "40305": "Invalid 'from' address",
    "40310": "Invalid 'to' address",
    "40312": "Messaging profile is disabled",
    "40316": "No content provided",
    "40318": "Message queue full",
    "40319": "Incompatible message type",
    "40333": "Spend limit reached",
}


@dataclass(frozen=True)
class Flaw:
    """One reason of a refusal; it may point at a field of the body or at a query parameter."""

    code: str
    detail: str
    pointer: str | None = None
    parameter: str | None = None

    def json(self) -> Json:
        """The element of `errors`."""
        source = {"pointer": self.pointer, "parameter": self.parameter}
        named: Json = {name: place for name, place in source.items() if place is not None}
        element: Json = {
            "code": self.code,
            "title": title(self.code),
            "detail": self.detail,
            "meta": {"url": _PAGE + self.code},
        }
        return element | ({"source": named} if named else {})


class Refusal(Exception):
    """A request that is answered with an error."""

    def __init__(
        self, status: int, flaws: Sequence[Flaw], headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, flaws)
        self.status = status
        self.flaws = flaws
        self.headers = headers

    @property
    def code(self) -> str:
        """The code of the first reason."""
        return self.flaws[0].code


def refused(status: int, code: str, detail: str, **place: str) -> Refusal:
    """A refusal for one reason; `pointer` or `parameter` names the place."""
    return Refusal(status, [Flaw(code, detail, **place)])


def title(code: str) -> str:
    """What Telnyx calls the code."""
    return _TITLES.get(code, "Message refused")


def render(refusal: Refusal) -> JSONResponse:
    """The refusal as a response."""
    errors = [flaw.json() for flaw in refusal.flaws]
    return JSONResponse({"errors": errors}, refusal.status, refusal.headers)


async def raised(_: Request, error: Exception) -> JSONResponse:
    """What FastAPI calls where a door raises one."""
    return render(cast(Refusal, error))
