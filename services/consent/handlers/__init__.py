"""Events in: what people say, what was done with their data, and all that is noted."""

from services.consent.handlers.audit import seal_notes
from services.consent.handlers.exporting import note_part, tell
from services.consent.handlers.ledger import note_failure, note_message, note_stop
from services.consent.handlers.rights import (
    note_corrected,
    note_erased,
    note_holders,
    note_request,
)

__all__ = [
    "note_corrected",
    "note_erased",
    "note_failure",
    "note_holders",
    "note_message",
    "note_part",
    "note_request",
    "note_stop",
    "seal_notes",
    "tell",
]
