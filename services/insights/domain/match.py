"""What the record of a call keeps of the matcher's answer."""

from collections.abc import Set
from typing import Final, Self

from pydantic import AwareDatetime

from libs.common.events.base import Fact
from libs.common.events.matches import CallMatched, Candidate

_DECIDED = {"matched": 2, "ambiguous": 1}
_EXACT: Final = frozenset({"exact", "exact_extension"})


class Match(Fact):
    """Who may be calling: the outcome, the candidates in order, and how many there are.

    `outcome` is matched, ambiguous, unknown, withheld or not_a_person. `best` is the first of the
    candidates, `others` are the rest. `matched_at` is when the answer was drawn.
    """

    subject: str | None = None
    outcome: str
    best: Candidate | None = None
    candidates: int = 0
    shared_by: int = 0
    others: tuple[Candidate, ...] = ()
    matched_at: AwareDatetime | None = None

    @classmethod
    def of(cls, fact: CallMatched) -> Self:
        """Keeps what a card and a list of calls need, and who comes next if the first goes."""
        return cls(
            subject=fact.subject,
            outcome=fact.outcome,
            best=fact.best,
            candidates=len(fact.candidates),
            shared_by=fact.shared_by,
            others=fact.candidates[1:],
            matched_at=fact.matched_at,
        )

    @property
    def customer(self) -> Candidate | None:
        """The customer, where one stands out; of an ambiguous match nobody does."""
        return self.best if self.outcome == "matched" else None

    @property
    def named(self) -> tuple[Candidate, ...]:
        """All who are named, in order."""
        return (self.best, *self.others) if self.best else self.others

    def without(self, gone: Set[str]) -> Self:
        """The answer without these customers, as if they had not been asked about.

        Nobody is ranked anew: where the first was one of them, nobody stands out.
        """
        lost = [one for one in self.named if one.customer_id in gone]
        if not lost:
            return self
        left = [_alone(one) for one in self.named if one.customer_id not in gone]
        count = self.candidates - len(lost)
        outcome = self.outcome if self.best not in lost else "ambiguous" if count else "unknown"
        exact = sum(any(reason.code in _EXACT for reason in one.reasons) for one in lost)
        update = {
            "outcome": outcome,
            "best": next(iter(left), None),
            "candidates": count,
            "shared_by": max(0, self.shared_by - exact),
            "others": tuple(left[1:]),
        }
        return self.model_copy(update=update)


def more_decided(one: Match, other: Match) -> Match:
    """The answer that says more; ties go by their text, so that the order never matters."""
    return max(one, other, key=lambda m: (_DECIDED.get(m.outcome, 0), m.model_dump_json()))


def _alone(one: Candidate) -> Candidate:
    """Without the sentence that counts those who share the number."""
    reasons = tuple(reason for reason in one.reasons if reason.code != "shared")
    return one.model_copy(update={"reasons": reasons})
