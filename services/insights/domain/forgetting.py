"""A customer whose record was removed is taken out of a call: the match, and the card as shown."""

from datetime import datetime, timedelta
from typing import Final

from libs.common.events.insights import InsightProduced, Line, Score
from services.insights.domain.lines import who
from services.insights.domain.record import CallRecord
from services.insights.domain.scorecard import Scale
from services.insights.domain.scoring import summed
from services.insights.domain.wording import Words

_CONTRACT: Final = frozenset({"renewal", "status"})
"""Signals, and lines of the same name, that tell of a customer's contract."""

SHOWN_AFTER: Final = timedelta(minutes=5)
"""How long a screen that comes back still gets what it missed of a call that is over."""
OPEN_FOR: Final = timedelta(hours=4)
"""A call whose end nobody told is on no screen after that."""


def on_screen(record: CallRecord, now: datetime) -> bool:
    """Whether an agent may be looking at the call; others are read anew when they are asked for."""
    if record.ended_at:
        return now - record.ended_at < SHOWN_AFTER
    return record.started_at is not None and now - record.started_at < OPEN_FOR


def without(
    record: CallRecord, customer_id: str, until: datetime, scale: Scale, words: Words
) -> CallRecord:
    """The call without this customer, where matches drawn until then name them.

    The card is not judged anew: what it told of the customer goes, and all else stays as it was
    shown. `scale` is that of the retention score, `words` say who may be calling now.
    """
    left = record.without(customer_id, until)
    if left is record or record.card is None:
        return left
    named = record.match is not None and record.match.customer is not None
    lost = named and (left.match is None or left.match.customer is None)
    return left.with_card(_redrawn(record.card, scale, who(left, words), lost=lost))


def _redrawn(
    card: InsightProduced, scale: Scale, new: Line | None, *, lost: bool
) -> InsightProduced:
    """A card of the next version, where it says anything else than before."""
    lines = tuple(new if new and line.code == "who" else line for line in card.lines)
    changed = card.model_copy(update={"lines": lines})
    if lost:
        kept = tuple(line for line in lines if line.code not in _CONTRACT)
        inputs = tuple(one for one in card.inputs if not one.startswith("customer/"))
        told = {"lines": kept, "inputs": inputs, "retention": _rescored(card.retention, scale)}
        changed = card.model_copy(update=told)
    return card if changed == card else changed.model_copy(update={"version": card.version + 1})


def _rescored(score: Score, scale: Scale) -> Score:
    parts = tuple(part for part in score.contributions if part.signal not in _CONTRACT)
    return score if parts == score.contributions else summed(scale, score.base, parts)
