"""Who may read a trail, and places in it."""

from typing import Annotated

from libs.common.service import Caller, acting
from libs.common.web import Cursor
from services.consent.store import Store

Reader = Annotated[Caller[Store], acting("audit:read")]

_HIGHEST = 2**53  # a cursor is anybody's to write, and the store takes no larger number


def below(pages: Cursor, text: str | None) -> int | None:
    """Where a page of a list begins that is ordered by a number, falling."""
    position = pages.read(text, int)
    return min(abs(int(position[0])), _HIGHEST) if position else None
