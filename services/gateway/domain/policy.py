"""A policy's text in the parts that a page is made of. No word is added or left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

Kind = Literal["section", "part", "item", "text"]

_SECTION = re.compile(r"[0-9]{1,2}\. .{1,60}")
_PART = re.compile(r"[a-z]\. .{1,60}")
_ITEM = re.compile(r"[-•] (?=\S)")


@dataclass(frozen=True)
class Block:
    """Lines that belong together: a heading, a list, or a paragraph."""

    kind: Kind
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """The text from its beginning; items that follow each other are one list."""
    return list(_blocks(text))


def _blocks(text: str) -> Iterator[Block]:
    for kind, lines in groupby(filter(None, map(str.strip, text.splitlines())), _kind):
        told = tuple(_ITEM.sub("", line, count=1) if kind == "item" else line for line in lines)
        if kind == "item":
            yield Block(kind, told)
        else:
            yield from (Block(kind, (line,)) for line in told)


def _kind(line: str) -> Kind:
    if _ITEM.match(line):
        return "item"
    if _SECTION.fullmatch(line):
        return "section"
    return "part" if _PART.fullmatch(line) else "text"
