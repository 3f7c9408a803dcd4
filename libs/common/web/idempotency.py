"""Requests that are sent again: the caller's key tells a repetition from another request.

The header is that of the IETF draft "The Idempotency-Key HTTP Header Field".
"""

from typing import Annotated

from fastapi import Header

from libs.common.web.problems import Problem

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern="^[!-~]{1,255}$",
        description="The same key and body take effect once, however often they are sent.",
    ),
]


def replayed(again: bool) -> dict[str, str]:
    """The headers that say whether the answer is that of an earlier request."""
    return {"Idempotent-Replayed": "true"} if again else {}


def key_taken() -> Problem:
    """The answer to a key that was sent with another body before."""
    detail = "This key was used with another body. Send this one under a key of its own."
    return Problem(422, "idempotency_mismatch", detail)
