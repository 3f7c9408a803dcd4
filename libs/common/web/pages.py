"""Lists in pages: a cursor says where the next page begins, for one list of one tenant."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from libs.common.web.problems import Problem

T = TypeVar("T")

Place = tuple[datetime, str]
Position = tuple[str | int, ...]
_Part = datetime | str | int
Limit = Annotated[int, Query(ge=1, le=200, description="Most items in the answer.")]
CursorText = Annotated[
    str | None, Query(max_length=1000, description="`next_cursor` of the page before.")
]


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    data: list[T]
    next_cursor: str | None = Field(None, description="null on the last page.")


@dataclass(frozen=True)
class Cursor:
    """Reads and writes the cursors of one list of one tenant.

    A position holds ids and times only: cursors stand in URLs. They are no secret and no proof;
    the query that uses one is still made in the tenant's own collection.
    """

    list: str
    tenant: str

    def write(self, *position: str | int) -> str:
        """Opaque text for a position."""
        text = json.dumps([self.list, self.tenant, *position], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def read(self, text: str | None, *kinds: type[str] | type[int]) -> Position | None:
        """The position, whose parts are of these kinds; None for the first page.

        Raises:
            Problem: 400, the text is no cursor of this list and tenant.
        """
        if text is None:
            return None
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            of_list, tenant, *position = json.loads(base64.b64decode(padded, b"-_", validate=True))
            "".join(map(str, position)).encode()  # a lone surrogate is no text for any store
        except (ValueError, TypeError, RecursionError):
            raise _bad_cursor() from None
        fits = [type(part) for part in position] == [*kinds]
        if (of_list, tenant) != (self.list, self.tenant) or not fits:
            raise _bad_cursor()
        return tuple(position)

    def read_place(self, text: str | None) -> Place | None:
        """The place in a list ordered by time, in UTC, and id; None for the first page.

        Raises:
            Problem: 400, the text is no cursor of this list and tenant.
        """
        position = self.read(text, str, str)
        if position is None:
            return None
        try:
            at = datetime.fromisoformat(str(position[0]))
            if at.tzinfo is None:
                raise _bad_cursor()
            return at.astimezone(UTC), str(position[1])
        except (ValueError, OverflowError):
            raise _bad_cursor() from None

    def read_name(self, text: str | None) -> str | None:
        """The name after which a page of a list ordered by name begins; None for the first page.

        Raises:
            Problem: 400, the text is no cursor of this list and tenant.
        """
        position = self.read(text, str)
        return str(position[0]) if position else None

    def after(
        self, items: Sequence[T], limit: int, place: Callable[[T], Sequence[_Part | None]]
    ) -> str | None:
        """The cursor of the next page, which begins after the last item of a full one.

        None for a page that is not full, or whose last item has no place in the list.
        """
        parts = place(items[-1]) if len(items) >= limit else (None,)
        told = [part.isoformat() if isinstance(part, datetime) else part for part in parts]
        known = [part for part in told if part is not None]
        return self.write(*known) if len(known) == len(told) else None


def _bad_cursor() -> Problem:
    detail = "This cursor belongs to no page of this list; begin again without one."
    return Problem(400, "bad_cursor", detail)
