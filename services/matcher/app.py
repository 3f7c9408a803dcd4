"""The whole service: customers come in by file and API, calls and texts too, matches go out."""

from libs.common.events import (
    CallMatched,
    CallStarted,
    ConsentChanged,
    CorrectionDone,
    CorrectionOrdered,
    CustomerRemoved,
    CustomerSaved,
    ErasureDone,
    ErasureOrdered,
    ExportOrdered,
    ExportPart,
    HoldersAsked,
    HoldersTold,
    ImportFinished,
    ImportProgressed,
    MessageMatched,
    MessageReceived,
    RetentionOrdered,
)
from libs.common.privacy import keep_period
from libs.common.service import Service
from services.matcher import api, handlers
from services.matcher.settings import Settings
from services.matcher.store import ENTITIES, Store

CONSUMES = (
    (CallStarted, handlers.match_call),
    (MessageReceived, handlers.match_message),
    (ConsentChanged, handlers.note_consent),
    (HoldersAsked, handlers.name_holders),
    (ErasureOrdered, handlers.erase),
    (RetentionOrdered, keep_period),
    (CorrectionOrdered, handlers.correct),
    (ExportOrdered, handlers.tell),
)
EMITS = (
    *(CallMatched, MessageMatched),
    *(CustomerSaved, CustomerRemoved, ImportProgressed, ImportFinished),
    *(HoldersTold, ErasureDone, CorrectionDone, ExportPart),
)


def build(settings: Settings) -> Service[Store]:
    """The service, from its settings."""
    return Service(
        name="matcher",
        settings=settings,
        store=Store,
        consumes=CONSUMES,
        emits=EMITS,
        entities=ENTITIES,
        routers=api.ROUTERS,
    )
