"""Golden messages about rights and the audit, written with the others."""

from datetime import UTC, datetime

from libs.common.events import (
    AuditCheckpointed,
    AuditNoted,
    AuditSealed,
    CorrectionDone,
    CorrectionOrdered,
    Count,
    ErasureDone,
    ErasureOrdered,
    Event,
    ExportOrdered,
    ExportPart,
    HoldersAsked,
    HoldersTold,
    Note,
    RetentionOrdered,
    WordOrdered,
)

TENANT = "goldenagency1"
SUBJECT = "1.kQ3v0mJ8r5WcT2yZ7uXb9A"
CUSTOMER = "5f0c2f3e-6d0a-4b8e-9a57-0c1d8e0f6b21"
DECIDED = datetime(2026, 5, 21, 9, 15, 2, 120000, tzinfo=UTC)
SEALED = "c2VhbGVkIGJ5dGVz"
ORDER = {"request_id": "req_2b514a348a7e6f6a", "subject": SUBJECT, "at": DECIDED}
ANSWER = {**ORDER, "store": "matcher"}

RIGHTS: dict[str, Event] = {
    "erasure.ordered.v1": ErasureOrdered(**ORDER, customers=(CUSTOMER,), round=2),
    "export.ordered.v1": ExportOrdered(**ORDER, customers=(CUSTOMER,)),
    "correction.ordered.v1": CorrectionOrdered(**ORDER, customer_id=CUSTOMER, sealed=SEALED),
    "word.ordered.v1": WordOrdered(
        **ORDER,
        message_class="one_time_code",
        party=SEALED,
        sealed=SEALED,
        valid_until=DECIDED,
    ),
    "retention.ordered.v1": RetentionOrdered(category="messages", days=30, version=2),
    "holders.asked.v1": HoldersAsked(**ORDER),
    "holders.told.v1": HoldersTold(**ANSWER, customers=(CUSTOMER,)),
    "erasure.done.v1": ErasureDone(
        **ANSWER,
        round=1,
        deleted=(Count(collection="customers", documents=1),),
        others=("1.mJ8r5WcT2yZ7uXb9AkQ3v0",),
    ),
    "export.part.v1": ExportPart(**ANSWER, index=0, parts=2, sealed=SEALED),
    "correction.done.v1": CorrectionDone(**ANSWER, customer_id=CUSTOMER, found=True),
    "correction.done.v1-2": CorrectionDone(
        **ANSWER, customer_id=CUSTOMER, found=False, reason="number_erased"
    ),
    "audit.noted.v1": AuditNoted(
        tenant=TENANT,
        source="messaging",
        source_seq=41,
        at=DECIDED,
        note=Note(
            action="message.blocked",
            actor="user:usr_0d5f7a3c",
            outcome="refused",
            person=SUBJECT,
            object="msg_4b8e9a570c1d8e0f",
            reason="no_consent",
            facts={"purpose": "marketing", "parts": 1},
        ),
    ),
    "audit.sealed.v1": AuditSealed(
        tenant=TENANT,
        sequence=1,
        entry='{"action":"tenant.created","sequence":1}',
        hash="0f" * 32,
    ),
    "audit.checkpointed.v1": AuditCheckpointed(
        tenant=TENANT,
        size=1,
        root="Dw" * 16,
        note="audit.example/goldenagency1\n1\nDw==\n\n\u2014 audit.example c2ln\n",
        at=DECIDED,
    ),
}
