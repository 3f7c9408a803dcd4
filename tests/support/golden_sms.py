"""Golden messages about texts and consent; `tests.support.golden` writes them with the others."""

from datetime import UTC, datetime

from libs.common.events import (
    Candidate,
    ConsentChanged,
    ConsentHeartbeat,
    Event,
    MessageMatched,
    MessageReceived,
    MessageStatus,
    Permission,
    Reason,
    SmsBlocked,
    SmsDelivered,
    SmsFailed,
    SmsReceived,
    SmsRequested,
    SmsSent,
    SmsStopped,
    SmsUnconfirmed,
)

SUBJECT = "1.kQ3v0mJ8r5WcT2yZ7uXb9A"
THEIRS = "84cca175-9755-4859-b67f-4730d7f58aa3"
WROTE = datetime(2026, 5, 20, 16, 7, 30, 503000, tzinfo=UTC)
OURS = {"message_id": "msg_4b8e9a570c1d8e0f", "subject": SUBJECT, "occurred_at": WROTE}

TEXTS: dict[str, Event] = {
    "message.received.v1": MessageReceived(
        message_id=THEIRS,
        occurred_at=WROTE,
        line="+15125550127",
        messaging_profile="740572b6-099c-44a1-89b9-6c92163bc68d",
        party="+12025550142",
        party_kind="number",
        subject=SUBJECT,
        sealed="c2VhbGVkIHRleHQ=",
        keyword="stop",
        autoresponse="stop",
        parts=1,
        media=0,
    ),
    "message.status.v1": MessageStatus(
        message_id="ac012cbf-5e09-46af-a69a-7c0e2d90993c",
        reference="0f6b21d3a9574c1db8e0",
        occurred_at=WROTE,
        status="delivery_failed",
        errors=("40008",),
        parts=1,
        cost="0.0051",
        currency="USD",
        subject=SUBJECT,
    ),
    "message.matched.v1-2": MessageMatched(
        message_id=THEIRS,
        subject=SUBJECT,
        outcome="matched",
        candidates=(
            Candidate(
                customer_id="5f0c2f3e-6d0a-4b8e-9a57-0c1d8e0f6b21",
                name="Jane Doe",
                confidence=0.95,
                reasons=(Reason(code="exact", sentence="The number is the one on file."),),
            ),
        ),
        shared_by=1,
        matched_at=WROTE,
    ),
    "sms.requested.v1": SmsRequested(
        **OURS,
        message_class="promotional",
        purpose="marketing",
        send_at=WROTE,
        parts=2,
        requested_by="usr_9a57",
    ),
    "sms.blocked.v1": SmsBlocked(
        **OURS, message_class="promotional", purpose="marketing", code="no_consent"
    ),
    "sms.sent.v1": SmsSent(**OURS, provider_id=THEIRS, parts=2, cost="0.0140", currency="USD"),
    "sms.delivered.v1": SmsDelivered(**OURS),
    "sms.failed.v1": SmsFailed(**OURS, code="undeliverable", provider_code="40008"),
    "sms.unconfirmed.v1": SmsUnconfirmed(**OURS, reason="no_answer"),
    "sms.received.v1": SmsReceived(**OURS, keyword="stop"),
    "sms.stopped.v1": SmsStopped(subject=SUBJECT, occurred_at=WROTE),
    "consent.changed.v1-2": ConsentChanged(
        subject=SUBJECT,
        version=2,
        permissions=(
            Permission(
                purpose="marketing",
                channel="sms",
                state="withdrawn",
                since=WROTE,
                means="sms",
                collected_directly=True,
                record_id="rec_2b514a34",
            ),
        ),
        suppressed=True,
        suspected=False,
        objected=False,
        restricted=True,
        changed_at=WROTE,
    ),
    "consent.heartbeat.v1": ConsentHeartbeat(at=WROTE),
}
