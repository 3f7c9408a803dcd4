"""The events of the platform: one class per fact, one topic per noun."""

from libs.common.events.audit import AuditCheckpointed, AuditNoted, AuditSealed, Note, actor_of
from libs.common.events.base import (
    Envelope,
    Event,
    Fact,
    Malformed,
    derived_id,
    enclose,
    fact_of,
    record_key,
)
from libs.common.events.calls import CallAnswered, CallCosted, CallEnded, CallStarted
from libs.common.events.consent import ConsentChanged, ConsentHeartbeat, Permission
from libs.common.events.customers import (
    CustomerRemoved,
    CustomerSaved,
    ImportFinished,
    ImportProgressed,
)
from libs.common.events.insights import Contribution, InsightProduced, Line, Score
from libs.common.events.matches import CallMatched, Candidate, MessageMatched, Reason
from libs.common.events.messages import MessageReceived, MessageStatus
from libs.common.events.personal import Personal
from libs.common.events.privacy import (
    CorrectionDone,
    CorrectionOrdered,
    Count,
    ErasureDone,
    ErasureOrdered,
    ExportOrdered,
    ExportPart,
    HoldersAsked,
    HoldersTold,
    RetentionOrdered,
    WordOrdered,
)
from libs.common.events.sms import (
    SmsBlocked,
    SmsDelivered,
    SmsFailed,
    SmsReceived,
    SmsRequested,
    SmsSent,
    SmsStopped,
    SmsUnconfirmed,
)
from libs.common.events.tenants import Assignment, TenantClosed, TenantSaved
from libs.common.events.webhooks import WebhookQuarantined

__all__ = [
    "Assignment",
    "AuditCheckpointed",
    "AuditNoted",
    "AuditSealed",
    "CallAnswered",
    "CallCosted",
    "CallEnded",
    "CallMatched",
    "CallStarted",
    "Candidate",
    "ConsentChanged",
    "ConsentHeartbeat",
    "Contribution",
    "CorrectionDone",
    "CorrectionOrdered",
    "Count",
    "CustomerRemoved",
    "CustomerSaved",
    "Envelope",
    "ErasureDone",
    "ErasureOrdered",
    "Event",
    "ExportOrdered",
    "ExportPart",
    "Fact",
    "HoldersAsked",
    "HoldersTold",
    "ImportFinished",
    "ImportProgressed",
    "InsightProduced",
    "Line",
    "Malformed",
    "MessageMatched",
    "MessageReceived",
    "MessageStatus",
    "Note",
    "Permission",
    "Personal",
    "Reason",
    "RetentionOrdered",
    "Score",
    "SmsBlocked",
    "SmsDelivered",
    "SmsFailed",
    "SmsReceived",
    "SmsRequested",
    "SmsSent",
    "SmsStopped",
    "SmsUnconfirmed",
    "TenantClosed",
    "TenantSaved",
    "WebhookQuarantined",
    "WordOrdered",
    "actor_of",
    "derived_id",
    "enclose",
    "fact_of",
    "record_key",
]
