"""Time in: the spool is emptied as soon as Kafka takes events again."""

import asyncio

import structlog

from services.ingest.spool import Delivery, Spool

PAUSE_SECONDS = 0.5

log = structlog.get_logger()


async def drain(delivery: Delivery, spool: Spool) -> None:
    """Empties the spool whenever it fills, until cancelled."""
    while True:
        await spool.filled.wait()
        try:
            while await delivery.drain():
                log.info("spool.segment_drained")
        except Exception as error:  # noqa: BLE001 - whatever it was, the events stay on disk
            log.warning("spool.drain_waits", error=type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)
