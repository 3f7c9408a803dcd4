"""Follows calls and messages for the screens, and lets go of what nobody needs there."""

from collections.abc import Sequence

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
from services.gateway.domain.live import Live
from services.gateway.domain.moment import Moment
from services.gateway.domain.ringing import Ringing
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

FORGET_SECONDS = 10.0

RING_TO_CARD = Histogram(
    "ring_to_card_seconds",
    "From the webhook of a ringing call until its card is on the live stream.",
    ["card"],
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0),
)


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
