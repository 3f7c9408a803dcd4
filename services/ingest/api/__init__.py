"""HTTP in: the provider's endpoint, and the operators' view of the quarantine."""

from services.ingest.api.quarantine import router
from services.ingest.api.webhook import Webhooks

__all__ = ["Webhooks", "router"]
