"""What the record of a call keeps of the matcher's answer."""

from typing import Self

from libs.common.events.base import Fact
from libs.common.events.matches import CallMatched, Candidate

_DECIDED = {"matched": 2, "ambiguous": 1}


class Match(Fact):
    """Who may be calling: the outcome, the first of the candidates, and how many there are.

    `outcome` is matched, ambiguous, unknown, withheld or not_a_person.
    """

    subject: str | None = None
    outcome: str
    best: Candidate | None = None
    candidates: int = 0
    shared_by: int = 0

    @classmethod
    def of(cls, fact: CallMatched) -> Self:
        """Keeps what a card and a list of calls need."""
        return cls(
            subject=fact.subject,
            outcome=fact.outcome,
            best=fact.best,
            candidates=len(fact.candidates),
            shared_by=fact.shared_by,
        )

    @property
    def customer(self) -> Candidate | None:
        """The customer, where one stands out; of an ambiguous match nobody does."""
        return self.best if self.outcome == "matched" else None


def more_decided(one: Match, other: Match) -> Match:
    """The answer that says more; ties go by their text, as the fact carries no time."""
    return max(one, other, key=lambda m: (_DECIDED.get(m.outcome, 0), m.model_dump_json()))
