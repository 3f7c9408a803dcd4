"""values.yaml read with its comments: each value, its default, and what is said of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

_TAG = re.compile(r"\[(enum|min|items|map|free)(?:: ([^\]]*))?\]$")
_CONSTRUCT = yaml.SafeLoader("")


@dataclass(frozen=True)
class Value:
    """A key of values.yaml. `parts` are those beneath it; a closed map has no other."""

    path: tuple[str, ...]
    default: Any
    told: str
    tags: dict[str, str] = field(default_factory=dict)
    parts: tuple["Value", ...] = ()

    @property
    def name(self) -> str:
        """As people write it: `kafka.tls.enabled`."""
        return ".".join(self.path)

    def leaves(self) -> Iterator["Value"]:
        """All that can be set, in the order of the file."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


def read(text: str) -> tuple[Value, ...]:
    """The values at the top."""
    node = yaml.compose(text, yaml.SafeLoader)
    return tuple(_parts(node, (), text.splitlines()))


def _parts(node: Any, path: tuple[str, ...], lines: list[str]) -> Iterator[Value]:
    for key, value in node.value:
        told, tags = _comment(lines, key.start_mark.line, key.start_mark.column)
        here = (*path, str(key.value))
        closed = isinstance(value, yaml.MappingNode) and value.value and "free" not in tags
        parts = tuple(_parts(value, here, lines)) if closed else ()
        yield Value(here, _CONSTRUCT.construct_object(value, deep=True), told, tags, parts)


def _comment(lines: list[str], line: int, column: int) -> tuple[str, dict[str, str]]:
    """The comment right above, of the same depth, and the tags at its end."""
    found: list[str] = []
    mark = " " * column + "# "
    while line > 0 and lines[line - 1].startswith(mark):
        line -= 1
        found.insert(0, lines[line][len(mark) :].strip())
    told, tags = " ".join(found), {}
    while tag := _TAG.search(told):
        tags[tag[1]] = tag[2] or ""
        told = told[: tag.start()].strip()
    return told, tags
