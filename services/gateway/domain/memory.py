"""What one tenant's agents may have missed: five minutes of events, and the open calls."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from services.gateway.domain.moment import CARD, Moment

T = TypeVar("T")

KEEP = timedelta(minutes=5)
MOST = 10_000
"""Events of a tenant that are kept at most, some 40 MB; who missed more begins with a snapshot.

So many of those who were removed, and of those who are restricted, are kept at most, too.
"""

LONGEST_CALL = timedelta(hours=4)
LONGEST_RING = timedelta(minutes=30)
"""No network lets a telephone ring so long: such a call has ended, and nobody has said so."""
OVERLAP = timedelta(seconds=10)
"""What another process may have read out of order, with events of the same time."""


@dataclass
class _Call:
    touched: datetime
    moments: dict[str, Moment] = field(default_factory=dict)
    subject: str | None = None
    version: int = 0
    started: bool = False
    answered: bool = False
    ended: bool = False

    def keep(self, moment: Moment) -> None:
        """A card takes the place of those before it: they may name who is gone since."""
        if moment.version > self.version:
            self.version = moment.version
            for card in [one for one in self.moments.values() if self.outdates(one)]:
                del self.moments[card.id]
        self.moments[moment.id] = moment

    def outdates(self, moment: Moment) -> bool:
        """Whether it is a card after which a newer one came."""
        return moment.type == CARD and moment.version < self.version

    def open(self) -> bool:
        return self.started and not self.ended

    def stale(self, now: datetime) -> bool:
        """An end that never came must not keep a call for ever."""
        lasts = LONGEST_CALL if self.answered else LONGEST_RING
        return now - self.touched >= (lasts if self.open() else KEEP)


class Memory:
    """The events of one tenant, in the order in which they came; each once."""

    def __init__(self) -> None:
        self._recent: OrderedDict[str, tuple[datetime, Moment]] = OrderedDict()
        self._calls: dict[str, _Call] = {}
        self._removed: OrderedDict[str, tuple[datetime, datetime]] = OrderedDict()
        self._restricted: OrderedDict[str, datetime] = OrderedDict()

    def put(self, moment: Moment, now: datetime) -> bool:
        """Takes in an event; False for one that was here already, or that nobody may see."""
        if moment.id in self._recent or self._hidden(moment):
            return False
        self._recent[moment.id] = (now, moment)
        if len(self._recent) > MOST:
            self._recent.popitem(last=False)
        if moment.call is not None:
            call = self._calls.setdefault(moment.call, _Call(now))
            call.touched = now
            call.subject = call.subject or moment.subject
            call.keep(moment)
            call.started |= moment.type == "call.started"
            call.answered |= moment.type == "call.answered"
            call.ended |= moment.type == "call.ended"
            if call.ended:
                call.moments.clear()  # nobody asks for them any more
        return True

    def after(self, last: str) -> list[Moment] | None:
        """What a client may miss that has this event as its last; None where it is not known.

        Each process reads the partitions in an order of its own, after a start even one after
        the other. So it is also what is no older than the event, with some overlap: an event
        near it may come a second time.
        """
        if last not in self._recent:
            return None
        moments = [moment for _, moment in self._recent.values()]
        place = list(self._recent).index(last)
        since = moments[place].at - OVERLAP
        earlier = [moment for moment in moments[:place] if moment.at >= since]
        following = earlier + moments[place + 1 :]
        return [moment for moment in following if not self._hidden(moment)]

    def open_calls(self) -> list[Moment]:
        """The events of the calls that have begun and are not known to have ended."""
        calls = [call for call in self._calls.values() if call.open()]
        moments = (moment for call in calls for moment in call.moments.values())
        told = (moment for moment in moments if not self._hidden(moment))
        return sorted(told, key=lambda moment: moment.time)

    def last_id(self) -> str | None:
        """The id of the newest event."""
        return next(reversed(self._recent), None)

    def forget(self, now: datetime) -> None:
        """Lets go of what is too old, and of what nobody may see any more."""
        if self._removed or self._restricted:
            self._let_go()
        while self._recent:
            first, (came, _) = next(iter(self._recent.items()))
            if now - came < KEEP:
                break
            del self._recent[first]
        for name in [name for name, call in self._calls.items() if call.stale(now)]:
            del self._calls[name]
        while self._removed and now - next(iter(self._removed.values()))[0] >= KEEP:
            self._removed.popitem(last=False)
        while self._restricted and now - next(iter(self._restricted.values())) >= KEEP:
            self._restricted.popitem(last=False)

    def erase(self, subject: str) -> None:
        """Lets go of a person: of the events about them, and of all events of their calls."""
        known = [moment for _, moment in self._recent.values()]
        known += [m for call in self._calls.values() for m in call.moments.values()]
        calls = {moment.call for moment in known if moment.call and moment.is_about(subject)}
        for moment in known:
            if moment.call in calls or moment.is_about(subject):
                self._recent.pop(moment.id, None)
        for call in calls:
            self._calls.pop(call, None)
        self._restricted.pop(subject, None)

    def remove(self, customer_id: str, until: datetime, now: datetime) -> None:
        """Lets go of what names a customer whose record was removed; of a call, all else stays.

        What may have been drawn from the record, `until` then, and comes by another topic, is not
        taken in. Nothing of it is given out from here on; `forget` deletes it.
        """
        self._removed[customer_id] = now, until
        self._removed.move_to_end(customer_id)
        self._bound(self._removed)

    def restrict(self, subject: str, now: datetime) -> None:
        """Lets go of the names and cards of a person whose data is restricted, as `remove` does.

        What is still under way is not taken in either: it comes by other topics.
        """
        self._restricted[subject] = now
        self._restricted.move_to_end(subject)
        self._bound(self._restricted)

    def release(self, subject: str) -> None:
        """The person's data may be used again; what was let go of does not come back."""
        self._restricted.pop(subject, None)

    def _hidden(self, moment: Moment) -> bool:
        call = self._calls.get(moment.call or "")
        outdated = call is not None and call.outdates(moment)
        return outdated or self._names_removed(moment) or self._of_restricted(moment)

    def _of_restricted(self, moment: Moment) -> bool:
        """Whether it says who somebody restricted may be, or is a card of a call of theirs."""
        if not self._restricted:
            return False
        if moment.type == CARD:
            call = self._calls.get(moment.call or "")
            return call is not None and call.subject in self._restricted
        return bool(moment.data.get("candidates")) and moment.subject in self._restricted

    def _names_removed(self, moment: Moment) -> bool:
        untils = (self._removed[one][1] for one in moment.customers() if one in self._removed)
        return bool(self._removed) and any(moment.at <= until for until in untils)

    def _bound(self, gone: OrderedDict[str, T]) -> None:
        """Of too many the older half goes at once: letting go takes a look at everything."""
        if len(gone) > MOST:
            self._let_go()
            for _ in range(len(gone) // 2):
                gone.popitem(last=False)

    def _let_go(self) -> None:
        for moment in [m for _, m in self._recent.values() if self._hidden(m)]:
            del self._recent[moment.id]
        for call in self._calls.values():
            for moment in [m for m in call.moments.values() if self._hidden(m)]:
                del call.moments[moment.id]

    def __len__(self) -> int:
        return len(self._recent) + len(self._calls) + len(self._removed) + len(self._restricted)
