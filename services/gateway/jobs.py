"""Time in: follows calls and messages, writes the usage log, and ends what must end."""

import asyncio
from collections.abc import Sequence

import structlog
from prometheus_client import Histogram

from libs.common import clock
from libs.common.bus.guard import HEARD
from libs.common.events import (
    CallAnswered,
    CallCosted,
    CallEnded,
    CallMatched,
    CallStarted,
    ConsentChanged,
    CustomerRemoved,
    CustomerSaved,
    Envelope,
    ErasureOrdered,
    Event,
    ImportFinished,
    ImportProgressed,
    InsightProduced,
    MessageMatched,
    SmsBlocked,
    SmsDelivered,
    SmsFailed,
    SmsReceived,
    SmsRequested,
    SmsSent,
    SmsUnconfirmed,
    fact_of,
)
from libs.common.service import Job, Running, stops_within
from libs.common.tenants import UnknownTenant
from services.gateway.domain.live import Live
from services.gateway.domain.moment import Moment
from services.gateway.domain.ringing import Ringing
from services.gateway.domain.usage import Use, Waiting
from services.gateway.store import Store

SHOWN: Sequence[type[Event]] = (
    CallStarted,
    CallAnswered,
    CallEnded,
    CallCosted,
    CallMatched,
    InsightProduced,
    CustomerSaved,
    CustomerRemoved,
    ImportProgressed,
    ImportFinished,
    MessageMatched,
    SmsReceived,
    SmsRequested,
    SmsBlocked,
    SmsSent,
    SmsDelivered,
    SmsFailed,
    SmsUnconfirmed,
    ConsentChanged,
)
CALL_TYPES = frozenset(kind.TYPE for kind in SHOWN if "session_id" in kind.model_fields)

WRITE_SECONDS, HURRY_SECONDS = 1.0, 0.05
FORGET_SECONDS = 10.0

RING_TO_CARD = Histogram(
    "ring_to_card_seconds",
    "From the webhook of a ringing call until its card is on the live stream.",
    ["card"],
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0),
)

log = structlog.get_logger()


def show(live: Live) -> Job:
    """Shows the events of all tenants to those who listen, each tenant's to its own.

    Who is erased is forgotten, and so is whose record was removed. Of who has their data restricted
    the names and cards are.
    """

    async def job(running: Running[Store]) -> None:
        ringing = Ringing(clock.now())

        async def see(envelope: Envelope) -> None:
            if envelope.type == ErasureOrdered.TYPE:
                live.erase(envelope.tenantid, fact_of(envelope, ErasureOrdered).subject)
                return
            if envelope.type == CustomerRemoved.TYPE:
                removal = fact_of(envelope, CustomerRemoved)
                until = (removal.removed_at or envelope.time) + HEARD
                live.remove(envelope.tenantid, removal.customer_id, until, clock.now())
            if envelope.type == ConsentChanged.TYPE:
                change = fact_of(envelope, ConsentChanged)
                if change.restricted:
                    live.restrict(envelope.tenantid, change.subject, clock.now())
                else:
                    live.release(envelope.tenantid, change.subject)
            moment = moment_of(envelope)
            live.put(envelope.tenantid, moment, clock.now())
            for card, seconds in ringing.seconds(moment, clock.now()):
                RING_TO_CARD.labels(card).observe(seconds)

        await running.follow((*SHOWN, ErasureOrdered), see)

    return job


def moment_of(envelope: Envelope) -> Moment:
    """The event as screens get it."""
    return Moment(
        id=envelope.id,
        type=envelope.type,
        time=clock.rfc3339(envelope.time),
        call=envelope.subject if envelope.type in CALL_TYPES else None,
        data=envelope.data,
        traceparent=envelope.traceparent,
    )


def forget(live: Live) -> Job:
    """Lets go of what is older than five minutes; ends all streams when the process stops."""

    async def job(running: Running[Store]) -> None:
        while not await stops_within(running.stopping, FORGET_SECONDS):
            live.forget(clock.now())
        live.close()

    return job


def write_usage(waiting: Waiting) -> Job:
    """Writes the usage log in batches; quickly while the last requests are being answered."""

    async def job(running: Running[Store]) -> None:
        while True:
            if await stops_within(running.stopping, WRITE_SECONDS):
                await asyncio.sleep(HURRY_SECONDS)
            for tenant, uses in waiting.take().items():
                await _write(running, waiting, tenant, uses)

    return job


async def _write(running: Running[Store], waiting: Waiting, tenant: str, uses: list[Use]) -> None:
    try:
        running.tenants.get(tenant)
        await running.units.read(tenant).usage.add(uses)
    except UnknownTenant:
        log.warning("usage.dropped", entries=len(uses), tenant=tenant)  # its collection is gone
    except Exception as error:  # noqa: BLE001 - the entries wait for the next round
        log.warning("usage.waits", entries=len(uses), error=type(error).__name__)
        waiting.put_back(uses)
        await asyncio.sleep(WRITE_SECONDS)
