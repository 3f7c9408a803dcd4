"""The whole service: people and apps come in, tenants go out, events go to screens and apps."""

from typing import Any

from fastapi import FastAPI

from libs.common import clock
from libs.common.bus import Heeds
from libs.common.events import (
    CallAnswered,
    CallEnded,
    CallMatched,
    CallStarted,
    ConsentChanged,
    CustomerRemoved,
    CustomerSaved,
    Envelope,
    ErasureDone,
    ErasureOrdered,
    ImportFinished,
    InsightProduced,
    SmsBlocked,
    SmsDelivered,
    SmsFailed,
    SmsReceived,
    SmsSent,
    SmsUnconfirmed,
    TenantClosed,
    TenantSaved,
)
from libs.common.principal import Signer
from libs.common.service import Running, Service, closing
from libs.common.web import Echo
from services.gateway import handlers, jobs, pages
from services.gateway.api import ROUTERS
from services.gateway.api.desk import Desk
from services.gateway.api.door import Door
from services.gateway.api.repeating import Repeats, replay
from services.gateway.api.turn import Replay
from services.gateway.clients import Poster, Services
from services.gateway.domain.hooks.listening import Listening
from services.gateway.domain.live import Live
from services.gateway.domain.site import Site
from services.gateway.domain.usage import Waiting
from services.gateway.pages.rendering import lost
from services.gateway.settings import Settings
from services.gateway.store import PER_TENANT, SHARED, Store

CONSUMES = (
    (CallStarted, handlers.announce),
    (CallAnswered, handlers.announce),
    (CallMatched, handlers.announce),
    (CallEnded, handlers.announce),
    (InsightProduced, handlers.announce),
    (SmsSent, handlers.announce),
    (SmsDelivered, handlers.announce),
    (SmsFailed, handlers.announce),
    (SmsBlocked, handlers.announce),
    (SmsUnconfirmed, handlers.announce),
    (SmsReceived, handlers.announce),
    (ConsentChanged, handlers.announce_consent),
    (CustomerSaved, handlers.announce),
    (ImportFinished, handlers.announce),
    (CustomerRemoved, handlers.announce_removal),
    (ErasureOrdered, handlers.erase),
)
FOLLOWS = jobs.SHOWN
EMITS = (TenantSaved, TenantClosed, ErasureDone)


def build(settings: Settings) -> Service[Store]:
    """The service, from its settings."""
    site = Site(settings.public_url, settings.proxies, settings.quotas(), settings.places())
    live, waiting = Live(), Waiting()
    services = Services(settings.services, Signer(settings.signing_key_file))
    poster = Poster(loopback=settings.webhooks_loopback)
    listening = Listening()

    def door(running: Running[Any], app: FastAPI) -> Echo:
        desk = app.state.desk = Desk(running, site, services, live, waiting)
        app.state.poster, app.state.listening = poster, listening
        app.add_exception_handler(Replay, replay)
        return Echo(Door(Repeats(app, desk), desk, app, lost))

    return Service(
        name="gateway",
        settings=settings,
        store=Store,
        consumes=CONSUMES,
        emits=EMITS,
        entities=PER_TENANT,
        shared=SHARED,
        routers=(*ROUTERS, pages.router),
        jobs=(
            jobs.show(live),
            jobs.forget(live),
            jobs.write_usage(waiting),
            closing(services),
            closing(poster),
        ),
        ending=(jobs.deliver(poster),),
        door=door,
        heeds=_heeds(listening),
    )


def _heeds(listening: Listening) -> Heeds:
    async def heeds(store: Store, envelope: Envelope) -> bool:
        """What orders an erasure, and what happens to agencies that have endpoints."""
        tenant, now = envelope.tenantid, clock.now()
        if envelope.type == ErasureOrdered.TYPE:
            return True
        if _withholds(envelope) and await store.answers.any():
            return True
        known = listening.known(tenant, now)
        if known is None:
            known = listening.note(tenant, bool(await store.hooks.endpoints.all()), now)
        return known

    return heeds


def _withholds(envelope: Envelope) -> bool:
    """Whether what was answered before may be of somebody of whom nothing is to be given out."""
    restricts = envelope.type == ConsentChanged.TYPE and envelope.data.get("restricted") is True
    return restricts or envelope.type == CustomerRemoved.TYPE
