"""How long a call rang before its card could be shown, and before the one that knows the caller."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from services.gateway.domain.moment import Moment

MOST = 10_000
CARDS = {1: "first", 2: "second"}
"""The one at the ring, and the one with the match; those that come later are of another cause."""


@dataclass
class _Ring:
    began: datetime | None = None
    shown: dict[int, datetime] = field(default_factory=dict)


class Ringing:
    """Calls that began after `since`, by session: of others nobody knows when cards were shown."""

    def __init__(self, since: datetime) -> None:
        self._since = since
        self._rings: OrderedDict[str, _Ring] = OrderedDict()

    def seconds(self, moment: Moment, now: datetime) -> Iterator[tuple[str, float]]:
        """Of an event that is shown now: which card that completes, and how long it took.

        Card and ring come by topics of their own, so either may be here first, and come twice.
        """
        if moment.call is None or not (moment.type == "call.started" or moment.version in CARDS):
            return
        ring = self._rings.setdefault(moment.call, _Ring())
        if moment.version in ring.shown or (ring.began and not moment.version):
            return
        if moment.version:
            ring.shown[moment.version] = now
            told = [moment.version]
        else:
            ring.began = moment.at
            told = list(ring.shown)
        if ring.began and ring.began >= self._since:
            for version in told:
                yield CARDS[version], max((ring.shown[version] - ring.began).total_seconds(), 0.0)
        while len(self._rings) > MOST:
            self._rings.popitem(last=False)
