"""Reviews, for operators: messages of which nobody can tell whether they were sent. Ids only."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

from libs.common.events import Note
from libs.common.mongo import Work
from libs.common.service import Caller, operating
from libs.common.web import Cursor, CursorText, Limit, Page, not_found
from services.messaging.domain.doubt import Verdict
from services.messaging.store import Due, Store

router = APIRouter(prefix="/operator/v1/reviews", include_in_schema=False)

Reader = Annotated[Caller[Store], operating("reviews:read")]
Writer = Annotated[Caller[Store], operating("reviews:write")]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


class Review(BaseModel):
    """A message in doubt: look for it in the provider's log, then settle it.

    `state` is needs_review, or settled once somebody has; `at` is since when.
    """

    tenant: str
    message_id: str
    state: str
    at: AwareDatetime

    @classmethod
    def of(cls, due: Due) -> "Review":
        """From the row."""
        return cls(tenant=due.tenant, message_id=due.message, state=due.state, at=due.at)


class Settlement(BaseModel):
    """What an operator has found out, and how; kept with the message."""

    model_config = ConfigDict(extra="forbid")

    outcome: Literal["sent", "not_sent"]
    reason: Why


@router.get("")
async def list_reviews(who: Reader, limit: Limit = 50, cursor: CursorText = None) -> Page[Review]:
    """The latest first."""
    pages = Cursor("reviews", who.tenant.tenant)
    found = await who.store.due.reviews(pages.read_place(cursor), limit)
    following = pages.after(found, limit, lambda due: (due.at, due.id))
    return Page(data=[Review.of(due) for due in found], next_cursor=following)


@router.post("/{tenant}/{message_id}:settle", status_code=202)
async def settle_review(tenant: str, message_id: str, given: Settlement, who: Writer) -> Review:
    """Takes the operator's word; the message, which is its tenant's, follows within seconds."""
    verdict = Verdict(given.outcome == "sent", who.principal.user, given.reason)

    async def body(store: Store, work: Work) -> Due | None:
        due = await store.due.settle(tenant, message_id, verdict, work.now)
        if due:
            work.note(_note(message_id, given, who), tenant=tenant)
        return due

    due = await who.write(body)
    if due is None:
        raise not_found()
    return Review.of(due)


def _note(message_id: str, given: Settlement, who: Caller[Store]) -> Note:
    facts = {"operation": "sms.settle", "said": given.outcome}
    return Note(action="operator.acted", actor=who.actor, object=message_id, facts=facts)
