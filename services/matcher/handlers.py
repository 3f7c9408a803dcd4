"""Events in: a call that rings is matched."""

from libs.common.events import CallStarted
from libs.common.mongo import Work
from services.matcher.domain.ranking import Asked, rank
from services.matcher.store import Store


async def match_call(call: CallStarted, store: Store, work: Work) -> None:
    """Answers an incoming call with its candidates, or with none, or with withheld."""
    if call.direction != "incoming":
        return
    known = await store.customers.known(call.party, work.tenant.region) if call.party else []
    today = work.now.astimezone(work.timezone).date()
    answer = rank(Asked(call.party_kind, call.party, call.attestation), known, today)
    if answer.outcome == "matched":
        await store.customers.contacted(answer.candidates[0].customer_id, call.started_at)
    work.emit(answer.of_call(call.session_id, call.subject))
