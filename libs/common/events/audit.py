"""The record of who did what: noted by every service, sealed by consent into a chain.

Nothing that an erasure would have to delete may be in it: no number, name or text. A person is
named by `person`, the keyed code in a note, a random id (which an erasure forgets) in an entry.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from libs.common.events.base import Event, Fact
from libs.common.events.personal import PROVE, Personal

Outcome = Literal["done", "refused", "failed"]
Entry = Annotated[str, Personal("evidence", PROVE, "coded")]
"""An entry as text: whom it is about stands there as a random id."""


class Note(Fact):
    """One thing that was done.

    `action` is `noun.verb` (consent.granted, message.blocked, access.read, erasure.ordered).
    `actor` is who did it: user:<id>, operator:<id>, key:<id>, service:<name>, person, provider.
    `object` is the opaque id of what it was done to, `reason` a code. `facts` are few, and plain:
    counts, versions, codes.
    """

    action: str
    actor: str
    outcome: Outcome = "done"
    person: str | None = None
    object: str | None = None
    reason: str | None = None
    facts: dict[str, str | int | bool] = Field(default_factory=dict)


def actor_of(user: str) -> str:
    """Who acts for an agency, as notes name them: a person, or a program by its key's id."""
    return f"key:{user}" if user.startswith("key_") else f"user:{user}"


class AuditNoted(Event):
    """A note on its way to be sealed.

    `source` is the service, `source_seq` counts its notes for this tenant from 1 without a gap,
    so that one that is lost shows. `note_id` is random and the note's own, however often it is
    sent, so that a number that was given twice shows too; notes of before have none.
    """

    TYPE: ClassVar[str] = "audit.noted"
    TOPIC: ClassVar[str] = "audit-entries.v1"

    tenant: str
    source: str
    source_seq: int
    at: AwareDatetime
    note: Note
    note_id: str | None = None

    def about(self) -> str:
        """The tenant."""
        return self.tenant


class AuditSealed(Event):
    """An entry of a tenant's trail.

    `sequence` counts from 1. `entry` is RFC 8785 JSON, the text over which `hash` is taken:
    SHA-256 of a zero byte and that text (RFC 9162, 2.1.1), in hex. The entry holds the hash of the
    one before it (`prev`), 64 zeros in the first.
    """

    TYPE: ClassVar[str] = "audit.sealed"
    TOPIC: ClassVar[str] = "audit.v1"

    tenant: str
    sequence: int
    entry: Entry
    hash: str

    def about(self) -> str:
        """The tenant."""
        return self.tenant


class AuditCheckpointed(Event):
    """The state of a tenant's trail at one size, signed.

    `note` is a C2SP signed note over a C2SP tlog-checkpoint: origin, size, root in base64; the
    root is that of the RFC 9162 tree over the entries.
    """

    TYPE: ClassVar[str] = "audit.checkpointed"
    TOPIC: ClassVar[str] = "audit-checkpoints.v1"

    tenant: str
    size: int
    root: str
    note: str
    at: AwareDatetime

    def about(self) -> str:
        """The tenant."""
        return self.tenant
