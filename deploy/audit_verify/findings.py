"""What can be wrong with a trail, and which of it decides the exit code."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal


class Code(IntEnum):
    """The exit codes."""

    VALID = 0
    UNREADABLE = 1
    ALTERED = 2
    GAP = 3
    FORK = 4
    BAD_SIGNATURE = 5
    SHORT = 6
    TWO_ROOTS = 7
    SOURCE_GAP = 8
    NUMBER_AGAIN = 9

    @property
    def words(self) -> str:
        """The name as a person reads it."""
        return _WORDS.get(self, self.name.lower().replace("_", " "))


_WORDS = {
    Code.FORK: "fork or reorder",
    Code.SHORT: "shorter than a known checkpoint",
    Code.NUMBER_AGAIN: "source number used again",
}

OF_SOURCES = frozenset({Code.SOURCE_GAP, Code.NUMBER_AGAIN})
"""What a source did before anything was sealed: what was sealed is whole all the same."""


class Unreadable(Exception):
    """The input cannot be read, or is not what the command is about. The message says why."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    `number` is the sequence number of an entry, or the size of a checkpoint: the number of the
    last entry that it covers; 0 for a bundle as a whole.
    """

    code: Code
    number: int
    text: str
    about: Literal["entry", "checkpoint", "bundle"] = "entry"

    def as_json(self) -> dict[str, object]:
        """For machines."""
        named: dict[str, object] = {self.about: self.number} if self.number else {}
        return {"code": int(self.code), "result": self.code.words, **named, "message": self.text}


def decisive(findings: Iterable[Finding]) -> Finding | None:
    """The finding that gives the exit code: the first entry affected, then the lower code.

    What is said of a bundle as a whole comes after what is said of an entry.
    What a source did comes after all others, wherever it is: they say that what was sealed is not
    what lies here. So 8 and 9 mean that the rest holds.
    """
    return min(findings, key=_precedence, default=None)


def _precedence(finding: Finding) -> tuple[bool, bool, int, int]:
    return finding.code in OF_SOURCES, finding.about == "bundle", finding.number, int(finding.code)
