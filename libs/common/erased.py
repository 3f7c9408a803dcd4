"""Who has been erased, until when, in memory, in every process: as `privacy.v1` tells it."""

from datetime import datetime, timedelta

from prometheus_client import Counter

from libs.common import clock

KEPT = timedelta(days=31)
"""No topic that carries people keeps anything for so long."""

MOST = 500_000
_PRUNED = 1_000
"""After so many new ones, those that are too old are looked for."""


SKIPPED = Counter(
    "events_skipped_erased_total", "Events passed over: they are about an erased person.", ["type"]
)


def pass_over(kind: str) -> None:
    """Counts an event of this type that nobody takes in, since its person is erased."""
    SKIPPED.labels(kind).inc()


class Erased:
    """Per tenant and person (the keyed code of a number) the latest moment of an erasure.

    Of more than `MOST`, those erased longest ago are forgotten.
    """

    def __init__(self) -> None:
        self._until: dict[tuple[str, str], datetime] = {}
        self._new = 0

    def put(self, tenant: str, subject: str, until: datetime) -> None:
        """Takes in an erasure; an earlier one does not undo a later one."""
        key = tenant, subject
        known = self._until.get(key)
        if known is None:
            self._new += 1
            if self._new > _PRUNED or len(self._until) >= MOST:
                self._prune()
        self._until[key] = max(until, known or until)

    def covers(self, tenant: str, subject: str, at: datetime) -> bool:
        """Whether what happened to the person at this moment is to be as if it had not."""
        until = self._until.get((tenant, subject))
        return until is not None and at <= until

    def _prune(self) -> None:
        self._new = 0
        since = clock.now() - KEPT
        kept = {key: until for key, until in self._until.items() if until > since}
        if len(kept) >= MOST:
            latest = sorted(kept.items(), key=lambda item: item[1])
            kept = dict(latest[len(kept) - MOST + _PRUNED :])
        self._until = kept

    def __len__(self) -> int:
        return len(self._until)
