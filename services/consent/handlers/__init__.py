"""Events in: what people say and what is done, on record."""

from services.consent.handlers.audit import seal_notes
from services.consent.handlers.ledger import note_failure, note_message

__all__ = ["note_failure", "note_message", "seal_notes"]
