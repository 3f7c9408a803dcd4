"""The whole service: words of people come in, what they allow goes out."""

from libs.common.events import ConsentChanged, ConsentHeartbeat, MessageReceived, SmsFailed
from libs.common.service import Service
from services.consent import api, handlers, jobs
from services.consent.settings import Settings
from services.consent.store import ENTITIES, Store

CONSUMES = (
    (MessageReceived, handlers.note_message),
    (SmsFailed, handlers.note_failure),
)
EMITS = (ConsentChanged, ConsentHeartbeat)


def build(settings: Settings) -> Service[Store]:
    """The service, from its settings."""
    return Service(
        name="consent",
        settings=settings,
        store=Store,
        consumes=CONSUMES,
        emits=EMITS,
        entities=ENTITIES,
        routers=api.ROUTERS,
        ending=(jobs.beat(settings.beat_seconds),),
    )
