"""One leg of a call: the facts that came about it, however often and in whatever order."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Self, TypeVar

from libs.common.events.base import Fact
from libs.common.events.calls import CallAnswered, CallCosted, CallEnded, CallEvent, CallStarted

F = TypeVar("F", bound=CallEvent)


class Leg(Fact):
    """What is known of one leg.

    Of two reports of the same thing the one that occurred first counts, so that a late report
    never undoes an end. Of two costs the later one counts: it is a correction.
    """

    leg_id: str
    started: CallStarted | None = None
    answered: CallAnswered | None = None
    ended: CallEnded | None = None
    costed: CallCosted | None = None

    @property
    def started_at(self) -> datetime | None:
        """When it began to ring, from whichever report says it."""
        reports = (self.started, self.answered, self.ended)
        return min((r.started_at for r in reports if r and r.started_at), default=None)

    @property
    def moments(self) -> tuple[datetime, ...]:
        """When each of its facts happened."""
        facts = (self.started, self.answered, self.ended, self.costed)
        return tuple(fact.occurred_at for fact in facts if fact)

    def with_started(self, fact: CallStarted) -> Self:
        """Adds a start."""
        return self.model_copy(update={"started": _first(self.started, fact)})

    def with_answered(self, fact: CallAnswered) -> Self:
        """Adds an answer."""
        return self.model_copy(update={"answered": _first(self.answered, fact)})

    def with_ended(self, fact: CallEnded) -> Self:
        """Adds an end."""
        return self.model_copy(update={"ended": _first(self.ended, fact)})

    def with_costed(self, fact: CallCosted) -> Self:
        """Adds a cost. Raises ValueError where the total is no finite decimal."""
        if not _is_decimal(fact.total):
            raise ValueError("call.costed: the total is no decimal; send text such as 0.0120")
        return self.model_copy(update={"costed": _last(self.costed, fact)})


def _first(held: F | None, new: F) -> F:
    return _choose(min, held, new)


def _last(held: F | None, new: F) -> F:
    return _choose(max, held, new)


def _choose(pick: Callable[..., F], held: F | None, new: F) -> F:
    """Ties go by the text of the report, so that the order of arrival never matters."""
    return new if held is None else pick(held, new, key=_age)


def _age(fact: CallEvent) -> tuple[datetime, str]:
    return fact.occurred_at, fact.model_dump_json()


def _is_decimal(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
