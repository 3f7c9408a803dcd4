"""Measures what waits, of all tenants together, and how long consent has been silent."""

from typing import Any

from prometheus_client import Gauge

from libs.common import clock
from libs.common.keys import PLATFORM
from libs.common.service import Running
from services.messaging.store import Store

WAITING = Gauge("sms_waiting", "Texts that somebody must still look at, by state.", ["state"])
LATE = Gauge("sms_late_seconds", "How long the text is due that is due longest; 0 for none.")
SILENCE = Gauge(
    "consent_heartbeat_age_seconds", "Since consent was last heard of; +Inf where it never was."
)


async def measure(running: Running[Any]) -> None:
    """Ids and times alone are read."""
    platform: Store = running.units.read(PLATFORM)
    now, heard = clock.now(), await platform.heard.last()
    SILENCE.set((now - heard).total_seconds() if heard else float("inf"))
    for state, count in (await platform.due.counts()).items():
        WAITING.labels(state).set(count)
    longest = await platform.due.queued(now, 1)
    LATE.set(max((now - due.at).total_seconds() for due in longest) if longest else 0)
