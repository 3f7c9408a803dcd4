"""The whole service: requests, replies and receipts come in; texts go out, each once."""

from datetime import timedelta

from libs.common.events import (
    ConsentChanged,
    ConsentHeartbeat,
    CustomerRemoved,
    ErasureDone,
    ErasureOrdered,
    ExportOrdered,
    ExportPart,
    MessageMatched,
    MessageReceived,
    MessageStatus,
    RetentionOrdered,
    SmsBlocked,
    SmsDelivered,
    SmsFailed,
    SmsReceived,
    SmsRequested,
    SmsSent,
    SmsStopped,
    SmsUnconfirmed,
    WordOrdered,
)
from libs.common.keys import Keys
from libs.common.mongo import TenantScope
from libs.common.privacy import keep_period
from libs.common.service import Service, closing, measuring
from services.messaging import api, handlers, jobs
from services.messaging.clients import Provider
from services.messaging.domain import prices, rules
from services.messaging.settings import Settings
from services.messaging.store import ENTITIES, SHARED, Desk, Store

CONSUMES = (
    (MessageReceived, handlers.note_received),
    (MessageStatus, handlers.note_status),
    (MessageMatched, handlers.note_matched),
    (ConsentChanged, handlers.note_consent),
    (ConsentHeartbeat, handlers.note_heartbeat),
    (CustomerRemoved, handlers.forget_customer),
    (ErasureOrdered, handlers.erase),
    (RetentionOrdered, keep_period),
    (WordOrdered, handlers.send_word),
    (ExportOrdered, handlers.tell),
)
EMITS = (
    SmsRequested,
    SmsBlocked,
    SmsSent,
    SmsDelivered,
    SmsFailed,
    SmsUnconfirmed,
    SmsReceived,
    ErasureDone,
    SmsStopped,
    ExportPart,
)


def build(settings: Settings) -> Service[Store]:
    """The service, from its settings."""
    desk = Desk(
        rules.parse(settings.rules.read_text()),
        prices.parse(settings.prices.read_text()),
        settings.rate,
        settings.burst,
    )

    key = settings.telnyx_key_file.read_text().strip()
    provider = Provider(settings.telnyx_url, key, settings.webhook_url)
    every = timedelta(seconds=settings.optouts_seconds)

    def store(scope: TenantScope, keys: Keys) -> Store:
        return Store(scope, keys, desk)

    return Service(
        name="messaging",
        settings=settings,
        store=store,
        consumes=CONSUMES,
        emits=EMITS,
        entities=ENTITIES,
        shared=SHARED,
        routers=api.ROUTERS,
        jobs=(measuring(jobs.measure), closing(provider)),
        ending=(jobs.send(provider), jobs.reconcile(provider), jobs.heed(provider, every)),
    )
