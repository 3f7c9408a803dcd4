"""The whole service: signed webhooks come in, calls and messages go out, the rest is set aside."""

from typing import Any

from fastapi import FastAPI

from libs.common.events import (
    CallAnswered,
    CallCosted,
    CallEnded,
    CallStarted,
    ErasureDone,
    ErasureOrdered,
    ExportOrdered,
    ExportPart,
    MessageReceived,
    MessageStatus,
    WebhookQuarantined,
)
from libs.common.keys import Keys
from libs.common.service import Running, Service, measuring
from services.ingest import api, handlers, jobs
from services.ingest.domain.signature import PublicKey
from services.ingest.settings import Settings
from services.ingest.spool import Delivery, Spool
from services.ingest.store import SHARED, Store

CONSUMES = (
    (WebhookQuarantined, handlers.keep_quarantined),
    (ErasureOrdered, handlers.erase),
    (ExportOrdered, handlers.tell),
)
EMITS = (
    *(CallStarted, CallAnswered, CallEnded, CallCosted),
    *(MessageReceived, MessageStatus),
    WebhookQuarantined,
    ErasureDone,
    ExportPart,
)


def build(settings: Settings) -> Service[Store]:
    """The service, from its settings."""
    spool = Spool(settings.spool, settings.spool_bytes, Keys(settings.keys_file))
    public_keys = tuple(
        PublicKey.of(k.key, active_from=k.active_from, retired_at=k.retired_at)
        for k in settings.telnyx_keys
    )

    def door(running: Running[Store], app: FastAPI) -> api.Webhooks:
        delivery = Delivery(running.producer, spool)
        return api.Webhooks(app, public_keys, running, delivery)

    async def drain(running: Running[Any]) -> None:
        await jobs.drain(Delivery(running.producer, spool), spool)

    async def tidy(_: Running[Any]) -> None:
        await jobs.tidy(spool)

    return Service(
        name="ingest",
        settings=settings,
        store=Store,
        consumes=CONSUMES,
        emits=EMITS,
        shared=SHARED,
        routers=(api.router,),
        jobs=(drain, tidy, jobs.forget, measuring(jobs.measure)),
        door=door,
        needs_store=False,
        trouble=spool.trouble,
    )
