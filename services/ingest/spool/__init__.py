"""Where events wait, on disk, while Kafka is slow or gone."""

from services.ingest.spool.delivery import Delivery
from services.ingest.spool.spool import Spool, SpoolFull

__all__ = ["Delivery", "Spool", "SpoolFull"]
