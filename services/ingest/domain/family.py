"""Events of the provider that are read alike: whose they are, and which facts they become."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from libs.common.events import Event
from services.ingest.domain.envelope import Received
from services.ingest.domain.routing import Ends


@dataclass(frozen=True)
class Reading:
    """How the events of one tenant are read.

    Numbers are read in its region and coded with its lookup key; a text is sealed with its text
    key, as base64.
    """

    region: str | None
    code: Callable[[str], str]
    seal: Callable[[str], str]


@dataclass(frozen=True)
class Ignored:
    """An event that we know and do not need."""

    type: str


@dataclass(frozen=True)
class Family:
    """One kind of events.

    `ends` tells what an event says about its owner. `facts` has, for each type that we need, how
    it becomes a fact, or None where there is none in it; both raise NotUnderstood. `others` are
    the beginnings of the types that are known and not needed.
    """

    ends: Callable[[Received], Ends]
    facts: Mapping[str, Callable[[Received, Reading], Event | None]]
    others: tuple[str, ...]

    def knows(self, kind: str) -> bool:
        """Whether events of this type belong to the family."""
        return kind in self.facts or kind.startswith(self.others)

    def translate(self, received: Received, reading: Reading) -> Event | Ignored:
        """The fact, for the tenant whose reading this is. Raises NotUnderstood."""
        fact = self.facts.get(received.type)
        return (fact and fact(received, reading)) or Ignored(received.type)
