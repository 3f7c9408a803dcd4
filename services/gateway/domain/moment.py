"""An event as an agent's screen gets it, and whom it is about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

CARD = "insight.produced"


@dataclass(frozen=True)
class Moment:
    """`call` is the session it is about, if any."""

    id: str
    type: str
    time: str
    call: str | None
    data: Mapping[str, JsonValue]
    traceparent: str | None = None

    @property
    def subject(self) -> str | None:
        """The one person whom it is about (the keyed code of a number), if any."""
        one = self.data.get("subject")
        return one if isinstance(one, str) else None

    @property
    def version(self) -> int:
        """Which card of its call it is; 0 for what is none."""
        number = self.data.get("version")
        return number if self.type == CARD and isinstance(number, int) else 0

    def is_about(self, subject: str) -> bool:
        """Whether it names this person (the keyed code of a number)."""
        several = self.data.get("subjects")
        among = isinstance(several, list | tuple) and subject in several
        return among or self.subject == subject

    def customers(self) -> Iterator[str]:
        """The ids of customers whom it names, or whose record it was made from."""
        for one in _all(self.data.get("candidates")):
            if isinstance(one, Mapping):
                yield str(one.get("customer_id"))
        for made_from in _all(self.data.get("inputs")):
            kind, _, key = str(made_from).partition("/")
            if kind == "customer":
                yield key

    @property
    def at(self) -> datetime:
        """When the source wrote it down."""
        return datetime.fromisoformat(self.time)


def _all(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []
