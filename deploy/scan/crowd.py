"""Many people looked for at once: what is encoded is undone once, and not for each of them."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from urllib.parse import unquote_to_bytes

from deploy.scan.traces import Traces, apart, insides, western


class Crowd:
    """People whose numbers begin alike, such as those of a drill.

    A quick look passes over what has nothing of any of them; `Traces` has the last word on the
    rest. Only a hash that is encoded once more may be missed by the quick look.
    """

    def __init__(self, people: Sequence[Traces]) -> None:
        self._people = people
        self._begin = people[0].national
        while not all(one.national.startswith(self._begin) for one in people):
            self._begin = self._begin[:-1]
        self._spelling = apart(self._begin)

    def among(self, content: bytes) -> set[str]:
        """The numbers of those who are in there."""
        if not self._may_be(content):
            return set()
        return {one.number for one in self._people if one.count(content)}

    def _may_be(self, content: bytes) -> bool:
        if any(self._spelled(layer) for layer in _layers(content)):
            return True
        lowered = content.lower()
        return any(n in lowered for n in self._in_text) or any(n in content for n in self._raw)

    def _spelled(self, content: bytes) -> bool:
        if any(needle in content for needle in self._wide):
            return True
        found = self._spelling.search(western(content))
        if not found and b"%" in content:
            found = self._spelling.search(western(unquote_to_bytes(content)))
        return found is not None

    @cached_property
    def _wide(self) -> tuple[bytes, ...]:
        integers = (one.integer for one in self._people)
        return (*(self._begin.encode(name) for name in ("utf-16-le", "utf-16-be")), *integers)

    @cached_property
    def _in_text(self) -> list[bytes]:
        return [needle for one in self._people for needle in one.in_text]

    @cached_property
    def _raw(self) -> list[bytes]:
        return [needle for one in self._people for needle in one.as_bytes]


def _layers(content: bytes, deep: int = 2) -> Iterator[bytes]:
    yield content
    if deep:
        for inside in insides(content):
            yield from _layers(inside, deep - 1)
