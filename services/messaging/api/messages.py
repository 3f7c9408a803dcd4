"""Messages: asked for, seen through, and called off."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from libs.common import clock
from libs.common.mongo import Work
from libs.common.service import Caller, acting
from libs.common.web import (
    Cursor,
    CursorText,
    IdempotencyKey,
    Limit,
    Page,
    Problem,
    key_taken,
    not_found,
    refuses,
    replayed,
)
from services.messaging.api.drafting import REFUSALS, Mark, draft
from services.messaging.api.shapes import Check, MessageIn, MessageOut
from services.messaging.domain import prices, steps
from services.messaging.domain.gate import Allowed, Later
from services.messaging.domain.message import Message
from services.messaging.domain.refusals import ERASED, SENTENCES
from services.messaging.store import Store

router = APIRouter(prefix="/v1", tags=["messages"])

_NOT_QUEUED = "Only a message that is queued can be cancelled; see its state."
_IN_FLIGHT = "The first request with this key is still in hand; ask again in a moment."

Reader = Annotated[Caller[Store], acting("messages:read")]
Writer = Annotated[Caller[Store], acting("messages:write")]
State = Literal[
    "queued",
    "sending",
    "accepted",
    "sent",
    "delivered",
    "undelivered",
    "failed",
    "unknown",
    "needs_review",
    "blocked",
    "cancelled",
    "unconfirmed",
]


@router.post(
    "/messages",
    status_code=202,
    summary="Send a text",
    responses=REFUSALS
    | refuses(403, SENTENCES | {"erased": ERASED})
    | refuses(409, {"idempotency_in_flight": _IN_FLIGHT}),
)
async def create_message(
    given: MessageIn, who: Writer, response: Response, idempotency_key: IdempotencyKey = None
) -> MessageOut:
    """Keeps the message and sends it when it may be sent; what may never be sent is a 403."""
    mark = Mark.of(given, idempotency_key, who.store)
    with _in_hand(who, mark):
        known = await who.store.messages.get(mark.id) if idempotency_key else None
        kept = None if known else await _keep(given, mark, who, keyed=idempotency_key is not None)
    message = kept or known or await _message(who, mark.id)
    headers = replayed(kept is None)
    _answerable(message, mark, headers)
    response.headers.update({"Location": f"/v1/messages/{message.id}", **headers})
    return MessageOut.of(message)


@router.post(
    "/messages:check",
    summary="Whether a text would be sent, and what it would cost",
    responses=REFUSALS,
)
async def check_message(given: MessageIn, who: Writer) -> Check:
    """Asks the gate and keeps nothing."""
    now = clock.now()
    asked, number = await draft(given, Mark.of(given, None, who.store), who, now)
    verdict = await who.store.decide(asked, number.e164, who.tenant, now)
    await who.saw("check", person=asked.subject)
    price = prices.estimate(who.store.desk.prices, number.region, asked.parts or 1)
    allowed = isinstance(verdict, Allowed)
    return Check(
        allowed=allowed,
        code=getattr(verdict, "code", None),
        sentence=getattr(verdict, "sentence", None),
        not_before=verdict.until if isinstance(verdict, Later) else None,
        encoding=str(asked.encoding),
        units=asked.units or 0,
        parts=asked.parts or 1,
        cost=format(price.amount, "f") if price else None,
        currency=price.currency if price else None,
    )


@router.get("/messages", summary="List the agency's texts, the latest first")
async def list_messages(
    who: Reader,
    limit: Limit = 50,
    cursor: CursorText = None,
    state: Annotated[State | None, Query(description="Only those in this state.")] = None,
) -> Page[MessageOut]:
    """What the agency sent, or asked to be sent."""
    pages = Cursor(f"messages {state or ''}", who.tenant.tenant)
    found = await who.store.messages.sent(pages.read_place(cursor), limit, state)
    following = pages.after(found, limit, lambda message: (message.created_at, message.id))
    await who.saw("messages", len(found))
    return Page(data=[MessageOut.of(one) for one in found], next_cursor=following)


@router.get("/messages/{message_id}", summary="One text")
async def get_message(message_id: str, who: Reader) -> MessageOut:
    """How a message of the agency stands."""
    message = await _message(who, message_id)
    await who.saw(message_id, person=message.subject)
    return MessageOut.of(message)


@router.post(
    "/messages/{message_id}:cancel",
    summary="Call off a text that is queued",
    responses=refuses(409, {"not_queued": _NOT_QUEUED}),
)
async def cancel_message(message_id: str, who: Writer) -> MessageOut:
    """It is not sent; one that is on its way cannot be called off."""

    async def body(store: Store, work: Work) -> bool:
        message = await _message(who, message_id, store)
        if message.state != "queued":
            return False
        return await store.follow(message, steps.cancelled(message, who.actor, work.now), work)

    if not await who.write(body):
        raise Problem(409, "not_queued", _NOT_QUEUED)
    return MessageOut.of(await _message(who, message_id))


async def _keep(given: MessageIn, mark: Mark, who: Caller[Store], *, keyed: bool) -> Message | None:
    """Keeps a message, as the gate says; None where another request with its key was faster.

    Raises Problem 403, and keeps nothing, where the gate cannot judge it yet.
    """
    asked, number = await draft(given, mark, who, clock.now())

    async def body(store: Store, work: Work) -> Message | None:
        if keyed and await store.messages.get(mark.id):
            return None
        verdict = await store.decide(asked, number.e164, work.tenant, work.now)
        undecided = steps.undecided(asked, verdict)
        if undecided:
            raise Problem(403, undecided.code, undecided.sentence)
        begun = await store.begin(asked, steps.first(asked, verdict), work)
        await store.conversations.wrote(asked)
        return begun

    kept = await who.write(body)
    if kept and kept.state == "queued" and not kept.send_at:
        who.store.desk.bell.set()
    return kept


async def _message(who: Caller[Store], message_id: str, store: Store | None = None) -> Message:
    message = await (store or who.store).messages.get(message_id)
    if message is None or message.direction != "out":
        raise not_found()
    return message


@contextmanager
def _in_hand(who: Caller[Store], mark: Mark) -> Iterator[None]:
    """Lets one request for a message in at a time. Raises Problem 409 for the next."""
    in_hand, key = who.store.desk.in_hand, (who.tenant.tenant, mark.id)
    if key in in_hand:
        raise Problem(409, "idempotency_in_flight", _IN_FLIGHT, headers={"Retry-After": "1"})
    in_hand.add(key)
    try:
        yield
    finally:
        in_hand.discard(key)


def _answerable(message: Message, mark: Mark, headers: dict[str, str]) -> None:
    """Raises Problem 422 for another body under the same key, 403 for what was refused at once."""
    if message.fingerprint != mark.fingerprint:
        raise key_taken()
    if message.state == "blocked" and message.final_at == message.created_at:
        raise Problem(403, str(message.code), str(message.sentence), headers=headers)
