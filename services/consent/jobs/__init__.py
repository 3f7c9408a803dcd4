"""Time in: consent is at work, looks at what is due, signs what it has sealed, and tells of it."""

from services.consent.jobs.beating import beat
from services.consent.jobs.checkpoints import checkpoint
from services.consent.jobs.looking import look
from services.consent.jobs.measuring import MEASURE_SECONDS, measure
from services.consent.jobs.telling import tell

__all__ = ["MEASURE_SECONDS", "beat", "checkpoint", "look", "measure", "tell"]
