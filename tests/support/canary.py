"""Looks for a person in texts and bytes: the number as `intnet privacy scan` does, and the words.

The digits may also be part of longer ones: bad input is a number with something after it.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property

from deploy.scan.traces import HASHES, Traces, western

_APART = r"(?:[^0-9A-Za-z]|%[0-9A-Fa-f]{2}){0,3}"


@dataclass(frozen=True)
class Canary:
    """A person who exists for one test: an E.164 number, its national digits, a name.

    `words` stand in texts with this person, and nowhere else in the world.
    """

    number: str
    national: str
    name: str
    words: tuple[str, ...] = ()

    def found(self, content: str | bytes) -> str | None:
        """The plainest form of the person in there; None where there is none."""
        return next(iter(self.forms(content)), None)

    def forms(self, content: str | bytes) -> list[str]:
        """Every form of the person in there: number, name, word, encoded."""
        raw = content if isinstance(content, bytes) else content.encode()
        text = western(raw).lower()
        there = {
            "number": re.search(_APART.join(self.national), text) is not None,
            "name": any(part.lower() in text for part in self.name.split()),
            "word": any(word.lower() in text for word in self.words),
            "encoded": self._traces.hidden(raw) > 0 or any(one in raw for one in self._encoded),
        }
        return [form for form, so in there.items() if so]

    @cached_property
    def _traces(self) -> Traces:
        return Traces(self.number, self.national)

    @cached_property
    def _encoded(self) -> list[bytes]:
        """Base64 at each of its three offsets, hex, and unkeyed hashes of name and words."""
        found: list[bytes] = []
        for text in (self.number, self.name, *self.words):
            raw = text.encode()
            found += [base64.b64encode(b"." * i + raw)[4 if i else 0 : -4] for i in range(3)]
            found += [raw.hex().encode()]
            found += [getattr(hashlib, k)(raw).hexdigest().encode() for k in HASHES]
        return [one for one in found if len(one) >= 8]
