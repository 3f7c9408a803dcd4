"""One record per call session.

It holds the facts of each leg; all else is derived from them. Rules for several legs:

- The first leg (earliest start, then lowest id) is the call: it names direction, caller, line,
  attestation and screening, and its end is the end of the call, with cause, source and SIP code.
- The call was answered at the earliest answer of any leg.
- Once over, it ended at the latest end of any leg. Costs and billed seconds add up.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Self

from libs.common.events.base import Fact
from libs.common.events.calls import CallEnded, CallEvent, CallStarted
from libs.common.events.insights import InsightProduced
from services.insights.domain.leg import Leg
from services.insights.domain.match import Match
from services.insights.domain.outcome import Outcome, of_answered, of_unanswered


class CallRecord(Fact):
    """What is known of one call. `legs` are in order of leg id, `matches` one per subject.

    `card` is the one that was shown last.
    """

    session_id: str
    legs: tuple[Leg, ...] = ()
    matches: tuple[Match, ...] = ()
    card: InsightProduced | None = None

    @property
    def first_leg(self) -> Leg | None:
        """The leg that is the call. A leg whose start is unknown comes after the others."""
        return min(self.legs, key=_seniority, default=None)

    @property
    def opening(self) -> CallStarted | None:
        """The start as reported for the first leg; None until it came."""
        return self.first_leg.started if self.first_leg else None

    @property
    def closing(self) -> CallEnded | None:
        """The end as reported for the first leg; None while the call goes on."""
        return self.first_leg.ended if self.first_leg else None

    @property
    def subject(self) -> str | None:
        """The keyed code of the caller's number; from the match while the start is not here."""
        if self.opening:
            return self.opening.subject
        return self.matches[0].subject if self.matches else None

    @property
    def subjects(self) -> tuple[str, ...]:
        """Everybody on the call: the other side of each leg, and whom matches are about."""
        of_legs = {leg.started.subject for leg in self.legs if leg.started}
        known = of_legs | {match.subject for match in self.matches}
        return tuple(sorted(subject for subject in known if subject))

    @property
    def customers(self) -> tuple[str, ...]:
        """The ids of all customers whom matches name."""
        return tuple(sorted({one.customer_id for match in self.matches for one in match.named}))

    @property
    def incoming(self) -> bool:
        """Whether the call is known to come in: only such a call gets a card."""
        return self.direction == "incoming"

    @property
    def direction(self) -> str | None:
        """`incoming` or `outgoing`."""
        return self.opening.direction if self.opening else None

    @property
    def line(self) -> str | None:
        """The agency's number, in E.164."""
        return self.opening.line if self.opening else None

    @property
    def connection(self) -> str | None:
        """The provider's connection id."""
        return self.opening.connection_id if self.opening else None

    @property
    def party(self) -> str | None:
        """The other side's number, in E.164."""
        return self.opening.party if self.opening else None

    @property
    def party_kind(self) -> str | None:
        """`number`, `withheld`, `short_code` or `text`."""
        return self.opening.party_kind if self.opening else None

    @property
    def attestation(self) -> str | None:
        """`A`, `B`, `C`, `failed`, or None where the provider sent none."""
        return self.opening.attestation if self.opening else None

    @property
    def screening(self) -> str | None:
        """What the provider's screening said, in its own words."""
        return self.opening.screening if self.opening else None

    @property
    def started_at(self) -> datetime | None:
        """When the first leg began to ring."""
        return self.first_leg.started_at if self.first_leg else None

    @property
    def undated_since(self) -> datetime | None:
        """The earliest fact of a call whose beginning nobody told; None where it is known."""
        if self.started_at:
            return None
        return min((at for leg in self.legs for at in leg.moments), default=None)

    @property
    def answered_at(self) -> datetime | None:
        """The earliest answer of any leg."""
        return min((leg.answered.occurred_at for leg in self.legs if leg.answered), default=None)

    @property
    def ended_at(self) -> datetime | None:
        """The latest end of any leg, once the first leg is over."""
        if self.closing is None:
            return None
        return max(leg.ended.ended_at for leg in self.legs if leg.ended)

    @property
    def cause(self) -> str | None:
        """Why the call ended, in the provider's words."""
        return self.closing.cause if self.closing else None

    @property
    def source(self) -> str | None:
        """Who hung up: `caller`, `callee` or `unknown`."""
        return self.closing.source if self.closing else None

    @property
    def sip_code(self) -> str | None:
        """The SIP code of the end, as text."""
        return self.closing.sip_code if self.closing else None

    @property
    def ring_seconds(self) -> float | None:
        """From the start to the answer, or to the end of a call that nobody took."""
        return _seconds(self.started_at, self.answered_at or self.ended_at)

    @property
    def duration_seconds(self) -> float | None:
        """From the answer to the end. The provider sends no duration."""
        return _seconds(self.answered_at, self.ended_at)

    @property
    def outcome(self) -> Outcome:
        """How the call stands or went."""
        if self.answered_at:
            return of_answered(self.duration_seconds)
        return of_unanswered(self.closing) if self.closing else Outcome.RINGING

    @property
    def cost(self) -> Decimal | None:
        """The sum over the legs; None where there is none, or where the currencies differ."""
        costs = [leg.costed for leg in self.legs if leg.costed]
        if len({cost.currency for cost in costs}) != 1:
            return None
        return sum((Decimal(cost.total) for cost in costs), Decimal())

    @property
    def currency(self) -> str | None:
        """The currency of the cost, where it is one."""
        currencies = {leg.costed.currency for leg in self.legs if leg.costed}
        return currencies.pop() if len(currencies) == 1 else None

    @property
    def billed_seconds(self) -> int | None:
        """What the provider bills, in whole seconds."""
        billed = [leg.costed.billed_seconds for leg in self.legs if leg.costed]
        known = [seconds for seconds in billed if seconds is not None]
        return sum(known) if known else None

    @property
    def match(self) -> Match | None:
        """The matcher's answer about this caller, not about another leg's party."""
        about_caller = [m for m in self.matches if m.subject == self.subject]
        about_call = [m for m in self.matches if m.subject is None]
        return next(iter(about_caller + about_call), None)

    def with_leg(self, fact: CallEvent, add: Callable[[Leg], Leg]) -> Self:
        """Changes the leg that the fact is about."""
        legs = {leg.leg_id: leg for leg in self.legs}
        legs[fact.leg_id] = add(legs.get(fact.leg_id, Leg(leg_id=fact.leg_id)))
        return self.model_copy(update={"legs": tuple(legs[key] for key in sorted(legs))})

    def lacks(self, card: InsightProduced) -> bool:
        """Whether this card would be news: neither shown already nor older than what is shown."""
        return self.card is None or (card.version >= self.card.version and card != self.card)

    def without(self, customer_id: str, until: datetime) -> Self:
        """Takes a customer out of the matches that were drawn until then."""
        gone = frozenset({customer_id})
        matches = tuple(
            match.without(gone) if match.matched_at is None or match.matched_at <= until else match
            for match in self.matches
        )
        return self if matches == self.matches else self.model_copy(update={"matches": matches})

    def with_card(self, card: InsightProduced) -> Self:
        """Keeps the card as shown."""
        return self.model_copy(update={"card": card})


def _seniority(leg: Leg) -> tuple[bool, float, str]:
    start = leg.started_at
    return start is None, start.timestamp() if start else 0.0, leg.leg_id


def _seconds(since: datetime | None, until: datetime | None) -> float | None:
    if since is None or until is None:
        return None
    return max(0.0, (until - since).total_seconds())
