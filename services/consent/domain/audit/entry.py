"""One entry of a trail, and the text over which its hash is taken."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785

from libs.common import merkle
from libs.common.events import AuditNoted, AuditSealed
from services.consent.domain.audit import withheld

VERSION = 1
FIRST_PREV = "0" * 64


@dataclass(frozen=True)
class Entry:
    """A note with its place in the chain.

    `text` is RFC 8785 JSON, `hash` the leaf hash over it (RFC 9162, 2.1.1) in hex. `person` is a
    random id. `withheld` counts values that looked like a person's number or address.
    """

    noted: AuditNoted
    sequence: int
    person: str | None
    text: str
    hash: str
    withheld: int

    @classmethod
    def of(cls, noted: AuditNoted, sequence: int, prev: str, person: str | None) -> "Entry":
        """The entry that follows the one with the hash `prev`."""
        note = noted.note
        facts, count = withheld.facts(note.facts, note.action)
        thing, of_thing = withheld.text(note.object)
        reason, of_reason = withheld.text(note.reason)
        told: dict[str, Any] = {
            "v": VERSION,
            "tenant": noted.tenant,
            "sequence": sequence,
            "prev": prev,
            "time": instant(noted.at),
            "source": noted.source,
            "source_seq": noted.source_seq,
            "action": note.action,
            "actor": note.actor,
            "outcome": note.outcome,
            "person": person,
            "object": thing,
            "reason": reason,
            "facts": facts,
        }
        text = rfc8785.dumps(told)
        hashed = merkle.leaf(text).hex()
        return cls(noted, sequence, person, text.decode(), hashed, count + of_thing + of_reason)

    def event(self) -> AuditSealed:
        """As everybody is told."""
        return AuditSealed(
            tenant=self.noted.tenant, sequence=self.sequence, entry=self.text, hash=self.hash
        )


def instant(at: datetime) -> str:
    """A time in UTC with microseconds, as RFC 3339 has it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
