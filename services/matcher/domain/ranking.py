"""Who calls or writes: the customers who may be, in order, and whether the first stands out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from libs.common.events import CallMatched, Candidate, MessageMatched
from libs.common.phone import NOT_A_PERSON, Number, parse
from services.matcher.domain.confidence import confidences, stands_out
from services.matcher.domain.keys import Closeness
from services.matcher.domain.known import Known
from services.matcher.domain.reasons import reasons

Outcome = Literal["matched", "ambiguous", "unknown", "withheld", "not_a_person"]

MOST: Final = 10
"""Candidates in an answer: an agent cannot choose among more while it rings."""

_ORDER: Final[dict[Closeness, int]] = {
    "exact_extension": 0,
    "exact": 1,
    "variant": 2,
    "national": 3,
}
_UNPROVEN: Final = frozenset(("c", "failed"))


@dataclass(frozen=True, slots=True)
class Asked:
    """Who calls or writes: `kind` is number, withheld, short_code or text.

    `attestation` is A, B, C, failed, or None where the carrier sent none, which proves nothing
    either way.
    """

    kind: str
    e164: str | None = None
    attestation: str | None = None

    @property
    def proven(self) -> bool:
        """False where the network says that the number may not be the caller's."""
        return (self.attestation or "").casefold() not in _UNPROVEN


@dataclass(frozen=True, slots=True)
class Ranking:
    """The answer. `shared_by` counts the customers with exactly this number."""

    outcome: Outcome
    candidates: tuple[Candidate, ...] = ()
    shared_by: int = 0

    def of_call(self, session_id: str, subject: str | None, at: datetime) -> CallMatched:
        """The answer as the event of a call; `at` is when it was drawn."""
        return CallMatched(
            session_id=session_id,
            subject=subject,
            outcome=self.outcome,
            candidates=self.candidates,
            shared_by=self.shared_by,
            matched_at=at,
        )

    def of_message(self, message_id: str, subject: str, at: datetime) -> MessageMatched:
        """The answer as the event of a text; `at` is when it was drawn."""
        return MessageMatched(
            message_id=message_id,
            subject=subject,
            outcome=self.outcome,
            candidates=self.candidates,
            shared_by=self.shared_by,
            matched_at=at,
        )


def rank(asked: Asked, known: Iterable[Known], today: date) -> Ranking:
    """Orders the customers who may be calling; `today` is the agency's.

    How closely the number fits decides first, then: main number, active policy, nearest renewal,
    last contact, last update. People are never merged: where none stands out the agent chooses.
    """
    if outcome := _nobody(asked):
        return Ranking(outcome)
    people = _ordered(known, today)
    if not people:
        return Ranking("unknown")
    shared = sum(person.how in ("exact", "exact_extension") for person in people)
    sure = confidences(people)
    candidates = tuple(
        _candidate(asked, person, confidence, shared, today)
        for person, confidence in zip(people[:MOST], sure, strict=False)
    )
    return Ranking("matched" if stands_out(people, sure) else "ambiguous", candidates, shared)


def _nobody(asked: Asked) -> Outcome | None:
    if asked.kind == "withheld":
        return "withheld"
    if asked.kind != "number" or not asked.e164:
        return "not_a_person"
    number = parse(asked.e164, None)
    service = isinstance(number, Number) and number.kind in NOT_A_PERSON
    return "not_a_person" if service else None


def _ordered(known: Iterable[Known], today: date) -> list[Known]:
    """Each customer once, by the closest of their numbers."""
    best: dict[str, Known] = {}
    eligible = (person for person in known if person.how != "national" or person.agency_region)
    for person in sorted(eligible, key=lambda person: _rank(person, today)):
        best.setdefault(person.customer_id, person)
    return list(best.values())


def _rank(person: Known, today: date) -> tuple[int, bool, bool, tuple[int, int], float, float, str]:
    contact = person.last_contact
    return (
        _ORDER[person.how],
        not person.primary,
        person.status != "active",
        _nearness(person.renewal_on, today),
        -contact.timestamp() if contact else 0.0,
        -person.updated_at.timestamp(),
        person.customer_id,
    )


def _nearness(renewal_on: date | None, today: date) -> tuple[int, int]:
    """Days to come before days gone by, those before no day at all."""
    if renewal_on is None:
        return (2, 0)
    days = (renewal_on - today).days
    return (0, days) if days >= 0 else (1, -days)


def _candidate(
    asked: Asked, person: Known, confidence: float, shared: int, today: date
) -> Candidate:
    told = asked.proven
    return Candidate(
        customer_id=person.customer_id,
        name=person.name,
        confidence=confidence if told else min(confidence, 0.5),
        reasons=reasons(person, shared, today, proven=told),
        status=person.status if told else None,
        renewal_on=person.renewal_on if told else None,
        customer_since=person.customer_since if told else None,
    )
