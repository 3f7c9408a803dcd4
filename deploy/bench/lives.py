"""One person at each service, as the service's own code keeps them."""

from base64 import b64encode
from datetime import datetime, timedelta
from uuid import uuid4

from deploy.bench import customers
from deploy.bench.agency import Agency
from deploy.bench.stage import LINE
from libs.common import clock
from libs.common.events import (
    CallAnswered,
    CallEnded,
    CallMatched,
    CallStarted,
    Candidate,
    ConsentChanged,
    MessageMatched,
    MessageReceived,
    Permission,
)
from libs.common.events.messages import TEXT_FIELD
from libs.common.mongo import Work
from services.consent.domain.ledger.record import Act
from services.consent.store import Store as Consent
from services.insights import handlers as insights
from services.insights.store import Store as Insights
from services.matcher import handlers as matcher
from services.matcher.store import Store as Matcher
from services.messaging import handlers as messaging
from services.messaging.store import Store as Messaging

EACH = 1
NUMBER = "+12025550142"
WHO = Candidate(customer_id="cus_1", name="Ana Abbott", confidence=0.98, reasons=())


async def at_matcher(agency: Agency[Matcher]) -> list[str]:
    """A customer with one number, and that nothing of them is restricted."""
    (draft,) = customers.drafts(1)
    store = agency.store
    await store.customers.write_all([draft], "bench", "contract", clock.now())
    (row,) = await store.customers.page(None, 1)
    told = ConsentChanged(subject=row["subject"], version=1, changed_at=clock.now())
    await agency.take(told, matcher.note_consent)
    return [row["subject"], *(code for code in row["codes"] if code != row["subject"])]


async def at_insights(agency: Agency[Insights]) -> list[str]:
    """An answered call, with its card and somebody's verdict of it, and that nobody objects."""
    subject = agency.code(NUMBER)
    told = ConsentChanged(subject=subject, version=1, changed_at=clock.now())
    await agency.take(told, insights.note_consent)
    for place in range(EACH):
        await _call(agency, subject, clock.now() - timedelta(days=place))
    cards = await agency.store.cards.page(None, EACH)
    for card in cards:
        await agency.store.feedback.judge(card.insight_id, "usr_1", "helpful", clock.now())
    return [subject, *(card.insight_id for card in cards)]


async def at_messaging(agency: Agency[Messaging]) -> list[str]:
    """A text, what was agreed to, and a conversation with somebody who is known."""
    subject, now = agency.code(NUMBER), clock.now()
    agreed = Permission(
        purpose="marketing", channel="sms", means="web", record_id="r-1", state="granted", since=now
    )
    told = ConsentChanged(subject=subject, version=1, permissions=(agreed,), changed_at=now)
    await agency.take(told, messaging.note_consent)
    for place in range(EACH):
        text = _text(agency, subject, now - timedelta(days=place))
        await agency.take(text, messaging.note_received)
    match = MessageMatched(message_id="m-1", subject=subject, outcome="matched", candidates=(WHO,))
    await agency.take(match, messaging.note_matched)
    return [subject]


async def at_consent(agency: Agency[Consent]) -> list[str]:
    """An act in the ledger, and the state that follows from it."""
    subject, now = agency.code(NUMBER), clock.now()
    for place in range(EACH):
        act = Act(
            id=f"rec_{uuid4().hex}",
            action="grant",
            purpose="marketing",
            at=now - timedelta(days=EACH - place),
            means="web",
            who="usr_1",
        )

        async def body(store: Consent, work: Work, act: Act = act) -> None:
            await store.enter(subject, act, work.now, NUMBER)

        await agency.units.write(agency.state, body)
    return [subject, agency.keys.code(agency.tenant, NUMBER, "suppression")]


async def _call(agency: Agency[Insights], subject: str, at: datetime) -> None:
    session = str(uuid4())
    leg = {"session_id": session, "leg_id": session, "started_at": at}
    start = CallStarted(
        **leg,
        occurred_at=at,
        direction="incoming",
        line=LINE,
        connection_id="2963572552552678752",
        party=NUMBER,
        party_kind="number",
        subject=subject,
    )
    match = CallMatched(session_id=session, subject=subject, outcome="matched", candidates=(WHO,))
    end = CallEnded(
        **leg,
        occurred_at=at + timedelta(minutes=1),
        ended_at=at + timedelta(minutes=1),
        cause="normal_clearing",
        source="caller",
        sip_code="200",
    )
    await agency.take(start, insights.note_start)
    await agency.take(match, insights.note_match)
    taken = CallAnswered(**leg, occurred_at=at + timedelta(seconds=5))
    await agency.take(taken, insights.note_answer)
    await agency.take(end, insights.note_end)


def _text(agency: Agency[Messaging], subject: str, at: datetime) -> MessageReceived:
    sealed = agency.keys.seal(agency.tenant, TEXT_FIELD, b"Is my policy renewed?")
    return MessageReceived(
        message_id=str(uuid4()),
        occurred_at=at,
        line=LINE,
        party=NUMBER,
        party_kind="number",
        subject=subject,
        sealed=b64encode(sealed).decode(),
        parts=1,
    )
