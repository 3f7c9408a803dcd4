"""What happened before a person was erased is passed over, wherever and whenever it comes again.

Topics keep events for days, and a group can be set back: without the guard the person would be
there again.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from libs.common import clock
from libs.common.erased import Erased, pass_over
from libs.common.events import (
    CallMatched,
    CorrectionOrdered,
    Envelope,
    ErasureOrdered,
    ExportOrdered,
    MessageMatched,
    WordOrdered,
    fact_of,
)

OBEYED = timedelta(days=30)
"""An order older than this is not obeyed any more: the inbox may have forgotten that it was."""

HEARD = timedelta(seconds=16)
"""What somebody concluded until so long after a removal they may have read in what was removed.

Two transactions: who removes notes when, and commits seven and a half seconds later at the most
(mongod ends what is older than five, and looks every two and a half); who began to read just
before that notes its own moment seven and a half seconds later at the most. And one for clocks.
Of an erasure that a process hears of later than that, the removal of the record tells as well."""

MOST_CALLS = 100_000

_HAPPENED = ("occurred_at", "started_at", "changed_at", "at")
_ORDERS = frozenset(
    kind.TYPE for kind in (CorrectionOrdered, ErasureOrdered, ExportOrdered, WordOrdered)
)
_CONCLUSIONS = frozenset(kind.TYPE for kind in (CallMatched, MessageMatched))
"""They tell names that their source had on file, and not when that happened which they are of."""
# Orders and answers are about erased people, what a person allows is a state, the audit stays.
_FREE = frozenset(
    {"audit", "consent", "correction", "erasure", "export", "holders", "retention", "word"}
)


class Guard:
    """Judges events by who is erased.

    After a call's beginning was passed over, its later events are too: they name no person.
    """

    def __init__(self, erased: Erased) -> None:
        self._erased = erased
        self._calls: OrderedDict[tuple[str, str], None] = OrderedDict()

    def note(self, envelope: Envelope) -> None:
        """Takes in who is erased, where an event orders it. Raises Malformed."""
        if envelope.type == ErasureOrdered.TYPE:
            order = fact_of(envelope, ErasureOrdered)
            self._erased.put(envelope.tenantid, order.subject, order.at)

    def passes_over(self, envelope: Envelope) -> bool:
        """Whether no handler may see this event; counts those about erased people.

        An order holds from here on. Raises Malformed.
        """
        if envelope.type in _ORDERS:
            self.note(envelope)
            return envelope.time < clock.now() - OBEYED
        if not len(self._erased) or envelope.type.partition(".")[0] in _FREE:
            return False
        covered = self._covers(envelope)
        if covered:
            pass_over(envelope.type)
        return covered

    def _covers(self, envelope: Envelope) -> bool:
        subject, session = envelope.data.get("subject"), envelope.data.get("session_id")
        call = envelope.tenantid, str(session)
        if not isinstance(subject, str):
            return session is not None and call in self._calls
        at = happened(envelope)
        if not self._erased.covers(envelope.tenantid, subject, at):
            drawn = envelope.type in _CONCLUSIONS  # its call may be a new one: that goes on
            return drawn and self._erased.covers(envelope.tenantid, subject, at - HEARD)
        if session is not None:
            self._calls[call] = None
            if len(self._calls) > MOST_CALLS:
                self._calls.popitem(last=False)
        return True


def happened(envelope: Envelope) -> datetime:
    """When it happened, as far as the event tells; else when it was written down."""
    told = (envelope.data.get(name) for name in _HAPPENED)
    text = next((value for value in told if isinstance(value, str)), None)
    try:
        at = datetime.fromisoformat(text) if text else envelope.time
    except ValueError:
        return envelope.time
    return at if at.tzinfo else envelope.time
