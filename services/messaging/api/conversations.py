"""Conversations: what an agency and a person have written to each other."""

from collections.abc import Collection, Sequence
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.common import phone
from libs.common.events.personal import RECOGNISE, WRITE, Personal
from libs.common.service import Caller, acting
from libs.common.web import (
    NOT_FOUND,
    Cursor,
    CursorText,
    FieldError,
    Limit,
    Page,
    Problem,
    not_found,
    refuses,
)
from services.messaging.domain.message import Message
from services.messaging.store import Head, Store

router = APIRouter(prefix="/v1", tags=["conversations"])

Reader = Annotated[Caller[Store], acting("conversations:read")]


class Customer(BaseModel):
    """Who it may be, by the agency's own list."""

    id: str
    name: Annotated[str | None, Personal("identity", RECOGNISE)]


class Conversation(BaseModel):
    """With whom, and how it stands. `stopped`: nothing but codes and confirmations may be sent.

    Where the person's data is restricted, `customer` is null but for those who decide on requests.
    """

    subject: str
    number: Annotated[str | None, Personal("contact", WRITE)] = Field(description="E.164.")
    customer: Customer | None
    last_at: AwareDatetime | None
    unanswered: int = Field(
        description="Texts since a person of the agency wrote last, but for STOP, START and HELP, "
        "which are answered at once."
    )
    stopped: bool

    @classmethod
    def of(cls, head: Head, stopped: Collection[str]) -> "Conversation":
        """From what is stored, and which of the people have stopped."""
        who = head.customer_id
        return cls(
            subject=head.subject,
            number=head.number,
            customer=Customer(id=who, name=head.customer_name) if who else None,
            last_at=head.last_at,
            unanswered=head.unanswered,
            stopped=head.subject in stopped,
        )


class Entry(BaseModel):
    """One text of a conversation. `direction` is in or out; `text` None where there was none."""

    id: str
    direction: str
    state: str
    text: Annotated[str | None, Personal("content", WRITE)]
    line: str | None
    message_class: str | None = Field(serialization_alias="class")
    keyword: str | None
    code: str | None
    sentence: str | None
    requested_by: str | None
    send_at: AwareDatetime | None
    created_at: AwareDatetime
    sent_at: AwareDatetime | None
    final_at: AwareDatetime | None

    @classmethod
    def of(cls, message: Message, text: str | None) -> "Entry":
        """From the message and what it says."""
        told = {name: getattr(message, name) for name in cls.model_fields if name != "text"}
        return cls(**told, text=text)


class Thread(Conversation):
    """A conversation with its texts, the latest first."""

    messages: list[Entry]
    next_cursor: str | None = Field(None, description="null on the last page.")


class Asked(BaseModel):
    """A number in any usual spelling; without `+` it is read in the agency's region."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, Personal("contact", WRITE)] = Field(max_length=64)


@router.get("/conversations", summary="List conversations, the latest first")
async def list_conversations(
    who: Reader, limit: Limit = 50, cursor: CursorText = None
) -> Page[Conversation]:
    """With whom the agency writes."""
    pages = Cursor("conversations", who.tenant.tenant)
    heads = await who.store.conversations.page(pages.read_place(cursor), limit)
    following = pages.after(heads, limit, lambda head: (head.last_at, head.subject))
    await who.saw("conversations", len(heads))
    return Page(data=await _shown(who, heads), next_cursor=following)


@router.get("/conversations/{subject}", summary="One conversation")
async def get_conversation(
    subject: str, who: Reader, limit: Limit = 50, cursor: CursorText = None
) -> Thread:
    """The conversation with a person, page by page."""
    head = await who.store.conversations.get(subject)
    if head is None:
        raise not_found()
    pages = Cursor(f"conversation {subject}", who.tenant.tenant)
    thread = await who.store.messages.thread(subject, pages.read_place(cursor), limit)
    following = pages.after(thread, limit, lambda message: (message.created_at, message.id))
    entries = [
        Entry.of(one, None if one.secret else who.store.messages.text(one)) for one in thread
    ]
    (known,) = await _shown(who, [head])
    await who.saw("conversation", len(thread) or 1, subject)  # who it is is on every page
    return Thread(**dict(known), messages=entries, next_cursor=following)


@router.post(
    "/conversations:find",
    summary="The conversation with a number",
    responses=refuses(404, NOT_FOUND) | refuses(422, {"unusable_number": "Correct the number."}),
)
async def find_conversation(asked: Asked, who: Reader) -> Conversation:
    """By the number, which so stands in no URL."""
    number = phone.parse(asked.number, who.tenant.region)
    if not isinstance(number, phone.Number):
        error = FieldError(pointer="#/number", detail=number.explanation)
        raise Problem(422, "unusable_number", "Correct the number.", errors=[error])
    head = await who.store.conversations.get(who.store.conversations.subject(number.e164))
    if head is None:
        raise not_found()
    await who.saw("conversation", person=head.subject)
    (known,) = await _shown(who, [head])
    return known


async def _shown(who: Caller[Store], heads: Sequence[Head]) -> list[Conversation]:
    """As this caller may see them: of who is restricted it is not said who they may be."""
    subjects, consents = [head.subject for head in heads], who.store.consents
    stopped = await consents.stopped(subjects)
    hidden = set() if who.decides else await consents.restricted(subjects)
    shown = [Conversation.of(head, stopped) for head in heads]
    nobody = {"customer": None}
    return [one.model_copy(update=nobody) if one.subject in hidden else one for one in shown]
