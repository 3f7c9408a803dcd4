"""One erasure: which store has said what about which of the person's subjects, and what is next.

A store is done with a subject when it has found nothing in a round that was ordered some seconds
after its first answer: what it was writing when the first order came is in no transaction any more
by then. A round is ordered again until every store is done, less and less often where one is
silent; it is never given up.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from pydantic import BaseModel, ConfigDict

from libs.common.events import ErasureDone, ErasureOrdered
from services.consent.domain.ledger.record import Moment, in_milliseconds

APART: Final = timedelta(seconds=8)
"""Between a store's first answer and the order of the round that proves it. A transaction of ours
lives seven and a half seconds at the most: mongod ends those that are older than five, and looks
for them every two and a half."""

LONGEST: Final = timedelta(hours=1)
"""Between two orders to a store that is silent."""

_MOST_DOUBLINGS: Final = 10


class Side(BaseModel):
    """One store about one subject. `rounds` are those it answered, `deleted` counts documents."""

    model_config = ConfigDict(frozen=True)

    store: str
    rounds: tuple[int, ...] = ()
    first_at: Moment | None = None
    done: bool = False
    deleted: dict[str, int] = {}


class Leg(BaseModel):
    """One subject. `ordered` holds when each round was; those before `since` prove nothing."""

    model_config = ConfigDict(frozen=True)

    subject: str
    sides: tuple[Side, ...]
    ordered: tuple[Moment, ...] = ()
    since: int = 1

    @property
    def done(self) -> bool:
        """Whether every store is."""
        return all(side.done for side in self.sides)

    def wants(self) -> datetime | None:
        """When the next round is to be ordered; None where none is needed."""
        return min((self._wants(side) for side in self.sides if not side.done), default=None)

    def _wants(self, side: Side) -> datetime:
        last, count = self.ordered[-1], len(self.ordered)
        silent = count - max((*side.rounds, self.since - 1))
        if side.first_at and (silent <= 0 or last < side.first_at + APART):
            return max(last, side.first_at) + APART
        doubled = APART * (1 << min(silent, _MOST_DOUBLINGS))
        return last + min(doubled, LONGEST)

    def answered(self, said: ErasureDone, now: datetime) -> "Leg":
        """After an answer; one that was heard before changes nothing."""
        sides = tuple(self._side(s, said, now) if s.store == said.store else s for s in self.sides)
        return self.model_copy(update={"sides": sides})

    def _side(self, side: Side, said: ErasureDone, now: datetime) -> Side:
        if said.round in side.rounds or not 0 < said.round <= len(self.ordered):
            return side
        found = dict(side.deleted)
        for count in said.deleted:
            found[count.collection] = found.get(count.collection, 0) + count.documents
        told: dict[str, object] = {"rounds": (*side.rounds, said.round), "deleted": found}
        if said.round < self.since:
            return side.model_copy(update=told)
        clean = not any(count.documents for count in said.deleted)
        late = bool(side.first_at and self.ordered[said.round - 1] >= side.first_at + APART)
        first_at = side.first_at or in_milliseconds(now)
        told |= {"first_at": first_at, "done": side.done or (clean and late)}
        return side.model_copy(update=told)

    def again(self, now: datetime) -> "Leg":
        """With one more round ordered."""
        return self.model_copy(update={"ordered": (*self.ordered, in_milliseconds(now))})

    def afresh(self) -> "Leg":
        """As if nobody had answered yet: what was found so far proves nothing of later data."""
        sides = tuple(s.model_copy(update={"first_at": None, "done": False}) for s in self.sides)
        return self.model_copy(update={"sides": sides, "since": len(self.ordered) + 1})


class Erasure(BaseModel):
    """The entry. `request` is the one whose id the orders carry, `requests` all that wait for it.

    `at` is until when what happened is erased. `record` is the ledger's, of the withdrawal.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    subject: str
    request: str
    requests: tuple[str, ...]
    customers: tuple[str, ...] | None
    at: Moment
    begun_at: Moment
    record: str
    legs: tuple[Leg, ...]
    completed_at: Moment | None = None

    @property
    def done(self) -> bool:
        """Whether every store is done with every subject."""
        return all(leg.done for leg in self.legs)

    @property
    def awaiting(self) -> tuple[str, ...]:
        """The stores that are not done, sorted."""
        return tuple(sorted({s.store for leg in self.legs for s in leg.sides if not s.done}))

    def next_round(self) -> datetime | None:
        """When a round is to be ordered; None where none is needed."""
        wants = [at for leg in self.legs if (at := leg.wants())]
        return min(wants, default=None)

    def orders(self, since: "Erasure | None" = None) -> Iterator[ErasureOrdered]:
        """The last order of each subject, as far as it was not given in `since`."""
        given = {leg.subject: len(leg.ordered) for leg in since.legs} if since else {}
        for leg in self.legs:
            if len(leg.ordered) > given.get(leg.subject, 0):
                yield ErasureOrdered(
                    request_id=self.request,
                    subject=leg.subject,
                    at=self.at,
                    customers=self.customers,
                    round=len(leg.ordered),
                )

    def again(self, now: datetime) -> "Erasure":
        """With one more round for each subject whose time has come."""
        return self._with(leg.again(now) if _is_due(leg, now) else leg for leg in self.legs)

    def answered(self, said: ErasureDone, stores: Sequence[str], now: datetime) -> "Erasure":
        """After an answer. Further subjects that it names are ordered at once."""
        legs = [
            leg.answered(said, now) if leg.subject == said.subject else leg for leg in self.legs
        ]
        known = {leg.subject for leg in legs}
        if said.subject not in known:
            return self
        further = dict.fromkeys(one for one in said.others if one not in known)
        return self._with([*legs, *(leg_of(one, stores, now) for one in further)])

    def joined(self, request: str, customers: tuple[str, ...] | None, now: datetime) -> "Erasure":
        """With another request of the same person: all up to now, and every store asked again."""
        both = None
        if self.customers is not None and customers is not None:
            both = tuple(dict.fromkeys([*self.customers, *customers]))
        told = {
            "requests": (*self.requests, request),
            "customers": both,
            "at": in_milliseconds(now),
        }
        again = self._with(leg.afresh().again(now) for leg in self.legs)
        return again.model_copy(update=told)

    def _with(self, legs: "Sequence[Leg] | Iterator[Leg]") -> "Erasure":
        return self.model_copy(update={"legs": tuple(legs)})


def leg_of(subject: str, stores: Sequence[str], now: datetime) -> Leg:
    """A subject of which every store is asked for the first time."""
    return Leg(subject=subject, sides=tuple(Side(store=s) for s in stores)).again(now)


def _is_due(leg: Leg, now: datetime) -> bool:
    wants = leg.wants()
    return wants is not None and wants <= now
