"""The whole service: words of people and notes of services come in, what they prove goes out."""

from libs.common.auditkeys import AuditKeys
from libs.common.events import (
    AuditCheckpointed,
    AuditNoted,
    AuditSealed,
    ConsentChanged,
    ConsentHeartbeat,
    CorrectionDone,
    CorrectionOrdered,
    ErasureDone,
    ErasureOrdered,
    ExportOrdered,
    ExportPart,
    HoldersAsked,
    HoldersTold,
    MessageReceived,
    RetentionOrdered,
    SmsFailed,
    SmsStopped,
    WordOrdered,
)
from libs.common.keys import Keys
from libs.common.mongo import TenantScope
from libs.common.service import Service, Together, measuring
from services.consent import api, handlers, jobs
from services.consent.domain.audit.notary import Notary
from services.consent.settings import Settings
from services.consent.store import ENTITIES, SHARED, Store

CONSUMES = (
    (MessageReceived, handlers.note_message),
    (SmsFailed, handlers.note_failure),
    (SmsStopped, handlers.note_stop),
    (MessageReceived, handlers.note_request),
    (HoldersTold, handlers.note_holders),
    (ErasureDone, handlers.note_erased),
    (CorrectionDone, handlers.note_corrected),
    (ExportOrdered, handlers.tell),
    (ExportPart, handlers.note_part),
    (AuditNoted, Together(handlers.seal_notes)),
)
EMITS = (
    ConsentChanged,
    ConsentHeartbeat,
    CorrectionOrdered,
    ErasureOrdered,
    ExportOrdered,
    ExportPart,
    HoldersAsked,
    RetentionOrdered,
    WordOrdered,
    AuditSealed,
    AuditCheckpointed,
)


def build(settings: Settings) -> Service[Store]:
    """The service, from its settings."""
    notary = Notary(settings.audit_origin, AuditKeys(settings.audit_key_file))

    def store(scope: TenantScope, keys: Keys) -> Store:
        return Store(scope, keys, notary)

    return Service(
        name="consent",
        settings=settings,
        store=store,
        consumes=CONSUMES,
        emits=EMITS,
        entities=ENTITIES,
        shared=SHARED,
        serves_platform=True,
        routers=api.ROUTERS,
        jobs=(measuring(jobs.measure, jobs.MEASURE_SECONDS),),
        ending=(
            jobs.beat(settings.beat_seconds),
            jobs.look(),
            jobs.checkpoint(),
            jobs.tell(),
        ),
    )
