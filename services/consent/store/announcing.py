"""What was written down of a person is told, and goes on the audit's record."""

from libs.common.mongo import Work
from services.consent.domain.ledger.book import Book
from services.consent.domain.ledger.noting import notes


def announce(book: Book, work: Work) -> None:
    """The state after each fresh record, and a note of each."""
    for change in book.changes():
        work.emit(change)
    for note in notes(book):
        work.note(note)
