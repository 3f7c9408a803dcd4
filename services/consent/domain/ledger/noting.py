"""What goes on the audit's record of what people allow; the ledger itself holds the rest."""

from collections.abc import Iterator
from typing import Final

from libs.common.events import Note, actor_of
from services.consent.domain.ledger.book import Book
from services.consent.domain.ledger.record import Record

_DONE: Final = {
    "grant": "consent.granted",
    "withdraw": "consent.withdrawn",
    "object": "consent.objected",
    "end_objection": "consent.objection_ended",
    "suspect": "consent.suspected",
    "clear": "consent.cleared",
    "restrict": "consent.restricted",
    "end_restriction": "consent.restriction_ended",
}
_OTHERS: Final = {"the person": "person", "person": "person", "the provider": "provider"}


def notes(book: Book) -> Iterator[Note]:
    """One for each record that the ledger did not have yet."""
    return (_note(record) for record in book.fresh)


def _note(record: Record) -> Note:
    """Notes of an erasure name nobody: the link from the person to its entries goes with it."""
    everything = record.action == "withdraw" and record.purpose == "all"
    return Note(
        action="consent.suppressed" if everything else _DONE[record.action],
        actor=_OTHERS.get(record.who) or actor_of(record.who),
        person=None if record.means == "erasure" else record.subject,
        object=record.id,
        facts={"purpose": record.purpose, "channel": record.channel, "means": record.means},
    )
