"""What a person allows and refuses, as the ledger says now."""

from typing import ClassVar

from pydantic import AwareDatetime

from libs.common.events.base import Event, Fact


class Permission(Fact):
    """The last word for one purpose and channel.

    `purpose` is marketing, service or profiling; `channel` is sms or voice. `state` is granted or
    withdrawn, since `since`. `collected_directly` is whether the person gave it to the agency.
    """

    purpose: str
    channel: str
    state: str
    since: AwareDatetime
    means: str
    collected_directly: bool = True
    record_id: str


class ConsentChanged(Event):
    """One person's whole current state; the highest `version` counts.

    `suppressed`: nothing but confirmations and one-time codes may be sent. `suspected`: the person
    may have asked to be left alone, so marketing waits for somebody to decide. `objected`: no
    indicators may be made of the person. `restricted`: what is kept of the person may be stored
    and not used, so nothing is sent but confirmations and one-time codes, no indicators are made,
    and nobody is named when the person calls or writes.
    """

    TYPE: ClassVar[str] = "consent.changed"
    TOPIC: ClassVar[str] = "consent.v1"

    subject: str
    version: int
    permissions: tuple[Permission, ...] = ()
    suppressed: bool = False
    suspected: bool = False
    objected: bool = False
    restricted: bool = False
    changed_at: AwareDatetime

    def about(self) -> str:
        """The person."""
        return self.subject


class ConsentHeartbeat(Event):
    """Consent is at work: who keeps a copy of its state may trust it for a minute.

    It belongs to the platform, whose name stands where a tenant's would. There is one `lane` for
    each partition of the topic, so that each tells how far it was read: the one furthest behind
    counts.
    """

    TYPE: ClassVar[str] = "consent.heartbeat"
    TOPIC: ClassVar[str] = "consent.v1"

    tenant: str = "platform"
    at: AwareDatetime
    lane: int = 0

    def about(self) -> str:
        """The lane; for the first the platform, as it was before there were others."""
        return str(self.lane) if self.lane else self.tenant
