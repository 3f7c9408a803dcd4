"""Events in: a call that rings, and a text, are matched."""

from datetime import datetime

from libs.common.events import CallStarted, MessageReceived
from libs.common.mongo import Work
from services.matcher.domain.ranking import Asked, Ranking, rank
from services.matcher.store import Store


async def match_call(call: CallStarted, store: Store, work: Work) -> None:
    """Answers an incoming call with its candidates, or with none, or with withheld."""
    if call.direction != "incoming":
        return
    asked = Asked(call.party_kind, call.party, call.attestation)
    answer = await _answer(asked, call.started_at, store, work)
    work.emit(answer.of_call(call.session_id, call.subject))


async def match_message(message: MessageReceived, store: Store, work: Work) -> None:
    """Answers a text of somebody with a number; no network attests who wrote it."""
    if message.subject is None:
        return
    asked = Asked(message.party_kind, message.party)
    answer = await _answer(asked, message.occurred_at, store, work)
    work.emit(answer.of_message(message.message_id, message.subject))


async def _answer(asked: Asked, at: datetime, store: Store, work: Work) -> Ranking:
    """Ranks those on file, and notes the contact with the one who stands out."""
    known = await store.customers.known(asked.e164, work.tenant.region) if asked.e164 else []
    answer = rank(asked, known, work.now.astimezone(work.timezone).date())
    if answer.outcome == "matched":
        await store.customers.contacted(answer.candidates[0].customer_id, at)
    return answer
