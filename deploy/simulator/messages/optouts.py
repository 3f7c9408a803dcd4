"""Who wants no texts from a messaging profile, as Telnyx keeps it where it answers STOP itself.

Source: Telnyx, "Advanced opt-in/out": the block holds for the whole profile, and the default
words cannot be reassigned.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

Word = Literal["STOP", "START", "HELP"]

_WORDS: dict[str, Word] = {
    **dict.fromkeys(
        ("STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"), "STOP"
    ),
    **dict.fromkeys(("START", "UNSTOP"), "START"),
    "HELP": "HELP",
}


def word(text: str) -> Word | None:
    """The default word that a text consists of; `STOP 12345` is none."""
    return _WORDS.get(" ".join(text.upper().split()))


@dataclass(frozen=True)
class OptOut:
    """Nothing goes from any number of the profile to `to`; `origin` is the one that was stopped."""

    created_at: datetime
    origin: str
    to: str
    keyword: str
    profile: str


class OptOuts:
    """The blocks in force."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[str, str], OptOut] = {}

    def __iter__(self) -> Iterator[OptOut]:
        return iter(self._blocks.values())

    def block(self, optout: OptOut) -> None:
        """Takes a STOP; the first of several stays."""
        self._blocks.setdefault((optout.profile, optout.to), optout)

    def lift(self, profile: str, person: str) -> None:
        """Takes a START."""
        self._blocks.pop((profile, person), None)

    def blocked(self, profile: str, person: str) -> bool:
        """Whether nothing may go to this person."""
        return (profile, person) in self._blocks


class Profiles:
    """The messaging profile of each of our numbers: the one last named, else one of its own."""

    def __init__(self) -> None:
        self._named: dict[str, str] = {}

    def of(self, number: str, named: str | None) -> str:
        """The profile; a name that is given is remembered."""
        if named:
            self._named[number] = named
        return self._named.get(number) or str(uuid5(NAMESPACE_URL, number))
