"""CSV files as the body of a request: read as they come, in batches of bounded size."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final, TypeVar

from fastapi import Request

from libs.common.csvfile import Sheet, Unreadable
from libs.common.web.problems import Problem

C = TypeVar("C")
R = TypeVar("R")

NOT_CSV: Final = {"not_csv": "Send the file as the body, with content type text/csv."}
UNREADABLE: Final = {
    "empty": "The file has no header line. Upload a file with one.",
    "header": "The first line is no header of a bounded number of columns.",
    "no_rows": "The file has a header and nothing below it.",
    "delimiter": "Part the cells with a comma, semicolon, tab or |.",
    "encoding": "The file is in no encoding that is known. Save it as UTF-8.",
}
"""Why nothing in a file can be used, for `refuses`."""


def csv_body(example: str) -> dict[str, Any]:
    """The body in the OpenAPI document: `openapi_extra` of an operation that takes a file."""
    media = {"schema": {"type": "string", "format": "binary"}, "example": example}
    return {"requestBody": {"required": True, "content": {"text/csv": media}}}


def csv_stream(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes. Raises Problem 415 where it is no CSV file."""
    media_type = request.headers.get("content-type", "").partition(";")[0]
    if media_type.strip().lower() != "text/csv":
        raise Problem(415, "not_csv", NOT_CSV["not_csv"])
    return request.stream()


async def batches(
    sheet: Sheet[C, R], chunks: AsyncIterator[bytes], size: int
) -> AsyncIterator[list[R]]:
    """The readings of a file: full batches of `size`, then what is left.

    Raises:
        Problem: 422, nothing in the file can be used.
    """
    waiting: list[R] = []
    try:
        async for chunk in chunks:
            # Beside the event loop: calls and texts that come meanwhile do not wait.
            waiting += await asyncio.to_thread(sheet.feed, chunk)
            while len(waiting) >= size:
                yield waiting[:size]
                del waiting[:size]
        waiting += await asyncio.to_thread(sheet.close)
    except Unreadable as unreadable:
        raise Problem(422, unreadable.code, unreadable.explanation) from None
    while waiting:
        yield waiting[:size]
        del waiting[:size]
