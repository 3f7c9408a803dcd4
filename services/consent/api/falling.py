"""Pages of lists that are ordered by a number, the highest first."""

from libs.common.web import Cursor

_HIGHEST = 2**53  # a cursor is anybody's to write, and the store takes no larger number


def below(pages: Cursor, text: str | None) -> int | None:
    """Where a page begins: below this number; None for the first page."""
    position = pages.read(text, int)
    return min(abs(int(position[0])), _HIGHEST) if position else None
