"""What is put on record where a service gives numbers a second time."""

from collections.abc import Iterator

from libs.common.events import Note
from services.consent.domain.audit.chain import Sealing

AGAIN = "audit.number_again"


def put_on_record(sealing: Sealing) -> Iterator[Note]:
    """A note for each time that it begins; not about such notes, or it might never end."""
    for entry in sealing.begun:
        noted = entry.noted
        if noted.note.action == AGAIN:
            continue
        facts = {
            "source_seq": noted.source_seq,
            "last": sealing.head.numbers(noted.source).last,
            "sequence": entry.sequence,
        }
        yield Note(
            action="audit.number_again",
            actor="service:consent",
            outcome="failed",
            object=noted.source,
            facts=facts,
        )
