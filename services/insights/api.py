"""HTTP in: calls, their cards, and what people say of the cards."""

from collections.abc import Collection, Iterable
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict

from libs.common.events import Candidate, InsightProduced
from libs.common.events.personal import RECOGNISE, Personal
from libs.common.service import Caller, acting
from libs.common.web import Cursor, CursorText, Limit, Page, Problem, not_found, refuses
from services.insights.domain.record import CallRecord
from services.insights.store import Store

router = APIRouter(prefix="/v1", tags=["calls"])

CallReader = Annotated[Caller[Store], acting("calls:read")]
CardReader = Annotated[Caller[Store], acting("insights:read")]
CardJudge = Annotated[Caller[Store], acting("insights:feedback")]

_RESTRICTED: Final = (
    "The person's data may be kept and not used until a request about it is decided."
)


class Match(BaseModel):
    """Who may be calling: the outcome, the first of the candidates, and how many there are."""

    model_config = ConfigDict(from_attributes=True)

    subject: str | None
    outcome: str
    best: Candidate | None
    candidates: int
    shared_by: int


class Call(BaseModel):
    """One call as it stands. Times are RFC 3339, numbers E.164, seconds decimal.

    Where the caller's data is restricted, `match` is null but for those who decide on requests.
    """

    id: str
    direction: str | None
    party: Annotated[str | None, Personal("contact", RECOGNISE)]
    party_kind: str | None
    line: str | None
    attestation: str | None
    started_at: AwareDatetime | None
    answered_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    outcome: str
    duration_seconds: float | None
    match: Match | None

    @classmethod
    def of(cls, record: CallRecord, restricted: Collection[str] = ()) -> "Call":
        """From the record; `restricted` are people of whom it may not be said who they are."""
        told = {name: getattr(record, name) for name in cls.model_fields if name != "id"}
        if record.subject in restricted:
            told["match"] = None
        return cls(id=record.session_id, **told)


class Feedback(BaseModel):
    """What a person says of a card."""

    verdict: Literal["helpful", "not_helpful", "wrong_person", "wrong_risk"]


@router.get("/calls", summary="List calls, the latest first")
async def list_calls(
    who: CallReader,
    limit: Limit = 50,
    cursor: CursorText = None,
    open: Annotated[bool, Query(description="Only calls that are not over.")] = False,  # noqa: A002
    subject: Annotated[
        str | None, Query(max_length=200, description="Only those with this person.")
    ] = None,
) -> Page[Call]:
    """The tenant's calls."""
    pages = Cursor("calls", who.tenant.tenant)
    records = await who.store.calls.page(pages.read_place(cursor), limit, open, subject)
    following = pages.after(records, limit, lambda record: (record.started_at, record.session_id))
    await who.saw("calls", len(records), subject)
    restricted = await _restricted(who, [record.subject for record in records])
    return Page(data=[Call.of(record, restricted) for record in records], next_cursor=following)


@router.get("/calls/{call_id}", summary="One call")
async def get_call(call_id: str, who: CallReader) -> Call:
    """The call with this session id."""
    record = await who.store.calls.get(call_id)
    if record is None:
        raise not_found()
    await who.saw(call_id, person=record.subject)
    return Call.of(record, await _restricted(who, [record.subject]))


@router.get("/insights", summary="List cards, the latest first")
async def list_insights(
    who: CardReader,
    limit: Limit = 50,
    cursor: CursorText = None,
    call_id: Annotated[str | None, Query(max_length=128, description="Only this call's.")] = None,
) -> Page[InsightProduced]:
    """The tenant's cards, each in its highest version.

    Cards of people whose data is restricted are left out, but for those who decide on requests.
    """
    pages = Cursor("insights", who.tenant.tenant)
    cards = await who.store.cards.page(pages.read_place(cursor), limit, call_id)
    following = pages.after(cards, limit, lambda card: (card.as_of, card.session_id))
    callers = await who.store.calls.callers([card.session_id for card in cards])
    restricted = await _restricted(who, callers.values())
    shown = [card for card in cards if callers.get(card.session_id) not in restricted]
    await who.saw("insights", len(shown), await _person(who, call_id) if call_id else None)
    return Page(data=shown, next_cursor=following)


@router.get(
    "/insights/{insight_id}",
    summary="One card",
    responses=refuses(403, {"restricted_person": _RESTRICTED}),
)
async def get_insight(insight_id: str, who: CardReader) -> InsightProduced:
    """The card with its scores and every contribution to them."""
    card = await who.store.cards.get(insight_id)
    if card is None:
        raise not_found()
    person = await _person(who, card.session_id)
    if person in await _restricted(who, [person]):
        raise Problem(403, "restricted_person", _RESTRICTED)
    await who.saw(insight_id, person=person)
    return card


@router.put("/insights/{insight_id}/feedback", status_code=204, summary="Say what a card is worth")
async def judge_insight(insight_id: str, feedback: Feedback, who: CardJudge) -> None:
    """Keeps the caller's verdict; a second one replaces the first."""
    if await who.store.cards.get(insight_id) is None:
        raise not_found()
    await who.write(
        lambda store, work: store.feedback.judge(
            insight_id, who.principal.user, feedback.verdict, work.now
        )
    )


async def _restricted(who: Caller[Store], people: Iterable[str | None]) -> set[str]:
    """Those of these people who may not be shown to the caller."""
    return set() if who.decides else await who.store.objections.restricted(people)


async def _person(who: Caller[Store], call_id: str) -> str | None:
    """Whom a call is about, where that is known."""
    record = await who.store.calls.get(call_id)
    return record.subject if record else None
