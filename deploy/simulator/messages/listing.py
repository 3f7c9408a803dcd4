"""Lists as Telnyx gives them: `filter[field][operator]`, `page[number]`, `page[size]`, `meta`.

What is listed newest first stays in that order. A filter that is not known here is refused, so
that nobody takes the whole list for a filtered one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from pydantic import JsonValue
from starlette.datastructures import QueryParams

from deploy.simulator.messages.errors import refused
from deploy.simulator.payloads import Json

T = TypeVar("T")

_NUMBER, _SIZE = "page[number]", "page[size]"
_DEFAULT_SIZE, _LARGEST = 20, 250


@dataclass(frozen=True)
class Span:
    """A stretch of time, both ends included; None is open."""

    first: datetime | None
    last: datetime | None

    def __contains__(self, at: datetime) -> bool:
        shown = at.replace(microsecond=at.microsecond // 1000 * 1000)
        return (self.first is None or self.first <= shown) and (
            self.last is None or shown <= self.last
        )


class Query:
    """The parameters of one request. Raises Refusal, 400, for one that is not among `known`."""

    def __init__(self, given: QueryParams, *known: str) -> None:
        self._given = given
        for name in given:
            if name not in {*known, _NUMBER, _SIZE}:
                raise refused(400, "10015", "This parameter is not known.", parameter=name)

    def text(self, name: str) -> str | None:
        """The value as it is; None where it is absent or empty."""
        return self._given.get(name) or None

    def span(self, field: str) -> Span:
        """From `field[gte]` to `field[lte]`, each optional. Raises Refusal."""
        return Span(self._moment(f"{field}[gte]"), self._moment(f"{field}[lte]"))

    def page(self, items: Sequence[T], shown: Callable[[T], Json]) -> Json:
        """The page that is asked for. Raises Refusal."""
        number, size = self._count(_NUMBER, 1), min(self._count(_SIZE, _DEFAULT_SIZE), _LARGEST)
        data: list[JsonValue] = [shown(one) for one in items[(number - 1) * size : number * size]]
        meta: Json = {
            "total_pages": -(-len(items) // size),
            "total_results": len(items),
            "page_number": number,
            "page_size": size,
        }
        return {"data": data, "meta": meta}

    def _moment(self, name: str) -> datetime | None:
        given = self.text(name)
        if given is None:
            return None
        try:
            at = datetime.fromisoformat(given)
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            explained = "A time is ISO 8601 with an offset; write + as %2B."
            raise refused(400, "10015", explained, parameter=name)
        return at

    def _count(self, name: str, default: int) -> int:
        given = self._given.get(name) or str(default)
        if not given.isascii() or not given.isdecimal() or int(given) < 1:
            raise refused(400, "10015", "A whole number from 1 on.", parameter=name)
        return int(given)
