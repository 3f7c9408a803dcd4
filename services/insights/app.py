"""The whole service: calls, matches, removals and objections come in, explained cards go out."""

from libs.common.events import (
    CallAnswered,
    CallCosted,
    CallEnded,
    CallMatched,
    CallStarted,
    ConsentChanged,
    CustomerRemoved,
    ErasureDone,
    ErasureOrdered,
    ExportOrdered,
    ExportPart,
    InsightProduced,
    RetentionOrdered,
)
from libs.common.keys import Keys
from libs.common.mongo import TenantScope
from libs.common.privacy import keep_period
from libs.common.service import Service
from services.insights import api, handlers
from services.insights.domain import scorecard
from services.insights.settings import Settings
from services.insights.store import ENTITIES, Store

CONSUMES = (
    (CallStarted, handlers.note_start),
    (CallAnswered, handlers.note_answer),
    (CallEnded, handlers.note_end),
    (CallCosted, handlers.note_cost),
    (CallMatched, handlers.note_match),
    (ConsentChanged, handlers.note_consent),
    (CustomerRemoved, handlers.forget_customer),
    (ErasureOrdered, handlers.erase),
    (ExportOrdered, handlers.tell),
    (RetentionOrdered, keep_period),
)
EMITS = (InsightProduced, CustomerRemoved, ErasureDone, ExportPart)


def build(settings: Settings) -> Service[Store]:
    """The service, from its settings."""
    card = scorecard.parse(settings.scorecard.read_text())

    def store(scope: TenantScope, keys: Keys) -> Store:
        return Store(scope, keys, card)

    return Service(
        name="insights",
        settings=settings,
        store=store,
        consumes=CONSUMES,
        emits=EMITS,
        entities=ENTITIES,
        routers=(api.router,),
    )
