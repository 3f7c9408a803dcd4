"""What a person allows and refuses at present."""

from dataclasses import dataclass
from datetime import datetime

from libs.common.events import ConsentChanged, Permission


@dataclass(frozen=True)
class State:
    """The last word per purpose and channel, and what hangs over all of them.

    `stopped_at` is when the person asked for silence, None where that does not hold (any more).
    `changed_at` is when the person acted last, not when that was written down: a word on its way
    may be later still.
    """

    permissions: tuple[Permission, ...]
    stopped_at: datetime | None
    suspected: bool
    objected: bool
    restricted: bool
    changed_at: datetime

    @property
    def opened_at(self) -> datetime | None:
        """When the person last allowed texts of some kind, as far as that still holds."""
        texts = (p for p in self.permissions if p.channel == "sms" and p.purpose != "profiling")
        return max((p.since for p in texts if p.state == "granted"), default=None)

    def holds(self, purpose: str, channel: str, state: str) -> bool:
        """Whether this is the last word for the purpose and channel."""
        return any(
            (p.purpose, p.channel, p.state) == (purpose, channel, state) for p in self.permissions
        )

    def told(self, subject: str, version: int) -> ConsentChanged:
        """The state as everybody is told."""
        return ConsentChanged(
            subject=subject,
            version=version,
            permissions=self.permissions,
            suppressed=self.stopped_at is not None,
            suspected=self.suspected,
            objected=self.objected,
            restricted=self.restricted,
            changed_at=self.changed_at,
        )
