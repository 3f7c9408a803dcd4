"""Time in: consent says that it is at work, signs what it has sealed, and tells of it."""

from services.consent.jobs.beating import beat
from services.consent.jobs.checkpoints import checkpoint
from services.consent.jobs.telling import tell

__all__ = ["beat", "checkpoint", "tell"]
