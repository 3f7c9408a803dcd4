"""What messaging knows of a person's consent: the ledger's word, and the texts it read itself.

The ledger keeps milliseconds, so moments are compared in them. At the same one a stop wins.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from libs.common.events import ConsentChanged, Permission
from services.messaging.domain.message import Message

CHANNEL: Final = "sms"
_TEXTS: Final = frozenset({("marketing", CHANNEL), ("service", CHANNEL)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """The copy for one person. `version` is the ledger's; 0 before its first word.

    `stopped_at` and `started_at` are when the person last wrote so, by the provider's clock, or
    when the provider refused for a stop of its own. `suppressed_since` is since when the ledger
    suppresses.
    """

    subject: str
    version: int = 0
    permissions: tuple[Permission, ...] = ()
    suppressed: bool = False
    suspected: bool = False
    objected: bool = False
    restricted: bool = False
    changed_at: datetime | None = None
    stopped_at: datetime | None = None
    started_at: datetime | None = None
    suppressed_since: datetime | None = None

    def permission(self, purpose: str, channel: str) -> Permission | None:
        """The last word for one purpose and channel."""
        for one in self.permissions:
            if (one.purpose, one.channel) == (purpose, channel):
                return one
        return None

    @property
    def stopped(self) -> bool:
        """Whether the person is to be left alone, but for codes and confirmations."""
        return self.suppressed or self.stopped_at is not None

    def forbids(self, message: Message) -> bool:
        """Whether the person has taken back what this message needs, since it was asked for."""
        permission = self.permission(str(message.purpose), CHANNEL)
        withdrawn = permission is not None and permission.state != "granted"
        return message.stoppable and (withdrawn or self.stopped)

    def quiet_before(self, at: datetime) -> bool:
        """Whether the person was left alone already before this moment."""
        since = (self.stopped_at, self.suppressed_since)
        return any(_earlier(one, at) for one in since)

    def open_since(self, at: datetime) -> bool:
        """Whether a START of this moment, which is in the copy, brings messages back.

        What the ledger suppresses it lifts as soon as it reads the same text, unless it knows of a
        later act.
        """
        lifts = not self.suppressed or _earlier(self.changed_at, at)
        return self.stopped_at is None and lifts

    def erased(self) -> "Copy | None":
        """What stays after an erasure: that the person is to be left alone, and nothing else."""
        if not self.stopped:
            return None
        return Copy(
            subject=self.subject,
            version=self.version,
            suppressed=self.suppressed,
            changed_at=self.changed_at,
            stopped_at=self.stopped_at,
            suppressed_since=self.suppressed_since,
        )

    def with_stop(self, at: datetime) -> "Copy":
        """The person wrote STOP. One that the person has taken back since changes nothing."""
        at = _in_milliseconds(at)
        if _earlier(at, self.started_at) or _agreed_since(self, at):
            return self
        return replace(self, stopped_at=max(at, self.stopped_at or at))

    def with_start(self, at: datetime) -> "Copy":
        """The person wrote START. One that is not later than the last STOP lifts nothing."""
        at = _in_milliseconds(at)
        stopped_at = None if _earlier(self.stopped_at, at) else self.stopped_at
        return replace(self, started_at=max(at, self.started_at or at), stopped_at=stopped_at)

    def with_change(self, fact: ConsentChanged) -> "Copy":
        """The ledger's word; one that is not newer changes nothing.

        It lifts a stop only where all that the person agrees to was agreed to since: it may say
        something else, written before the ledger has heard of the stop.
        """
        if fact.version <= self.version:
            return self
        lifts = self.stopped_at is not None and _agreed_since(fact, self.stopped_at)
        return replace(
            self,
            version=fact.version,
            permissions=fact.permissions,
            suppressed=fact.suppressed,
            suspected=fact.suspected,
            objected=fact.objected,
            restricted=fact.restricted,
            changed_at=fact.changed_at,
            stopped_at=None if lifts else self.stopped_at,
            suppressed_since=(self.suppressed_since or fact.changed_at)
            if fact.suppressed
            else None,
        )


def _agreed_since(known: Copy | ConsentChanged, stop: datetime) -> bool:
    """A ledger that has read the stop knows no older agreement to texts."""
    texts = (one for one in known.permissions if (one.purpose, one.channel) in _TEXTS)
    agreed = [one.since for one in texts if one.state == "granted"]
    return not known.suppressed and _earlier(stop, min(agreed, default=None))


def _earlier(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return False
    return _in_milliseconds(one) < _in_milliseconds(other)


def _in_milliseconds(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
