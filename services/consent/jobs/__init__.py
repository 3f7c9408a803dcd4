"""Time in: consent says that it is at work, and signs what it has sealed."""

from services.consent.jobs.beating import beat
from services.consent.jobs.checkpoints import checkpoint

__all__ = ["beat", "checkpoint"]
