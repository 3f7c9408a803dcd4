"""The list of numbers that are to be left alone, which outlives what else is known of people."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.consent.domain.ledger.state import State


@dataclass(frozen=True)
class Suppression:
    """Why a number is suppressed and since when; `lifted_at` is when the person took it back."""

    reason: str
    at: datetime
    lifted_at: datetime | None = None


def settled(held: Suppression | None, state: State) -> Suppression | None:
    """The entry after a change of state: only a grant later than the stop lifts it."""
    if state.stopped_at:
        if held and held.lifted_at is None and held.at == state.stopped_at:
            return held
        return Suppression("stop", state.stopped_at)
    if held and held.lifted_at is None and state.opened_at and state.opened_at > held.at:
        return replace(held, lifted_at=state.opened_at)
    return held
