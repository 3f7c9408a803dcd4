"""The events of the platform: one class per fact, one topic per noun."""

from libs.common.events.base import (
    Envelope,
    Event,
    Fact,
    Malformed,
    Personal,
    derived_id,
    enclose,
    fact_of,
    record_key,
)
from libs.common.events.calls import CallAnswered, CallCosted, CallEnded, CallStarted
from libs.common.events.customers import (
    CustomerRemoved,
    CustomerSaved,
    ImportFinished,
    ImportProgressed,
)
from libs.common.events.insights import Contribution, InsightProduced, Line, Score
from libs.common.events.matches import CallMatched, Candidate, Reason
from libs.common.events.tenants import Assignment, TenantClosed, TenantSaved
from libs.common.events.webhooks import WebhookQuarantined

__all__ = [
    "Assignment",
    "CallAnswered",
    "CallCosted",
    "CallEnded",
    "CallMatched",
    "CallStarted",
    "Candidate",
    "Contribution",
    "CustomerRemoved",
    "CustomerSaved",
    "Envelope",
    "Event",
    "Fact",
    "ImportFinished",
    "ImportProgressed",
    "InsightProduced",
    "Line",
    "Malformed",
    "Personal",
    "Reason",
    "Score",
    "TenantClosed",
    "TenantSaved",
    "WebhookQuarantined",
    "derived_id",
    "enclose",
    "fact_of",
    "record_key",
]
