"""Senders: names instead of numbers, and where each is registered."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from libs.common.mongo import Document, Work
from libs.common.service import Caller, acting
from libs.common.web import Cursor, CursorText, Limit, Moment, Page, not_found
from services.messaging.store import Store

router = APIRouter(prefix="/v1/senders", tags=["senders"])

Reader = Annotated[Caller[Store], acting("senders:read")]
Writer = Annotated[Caller[Store], acting("senders:write")]

# Telnyx: 1 to 11 letters, digits and spaces, at least one letter; Saudi Arabia adds the hyphen.
# No space at either end: nobody would see it, and a name is judged by how it ends.
NAME = r"^([0-9\-][0-9 \-]{0,9})?[A-Za-z]([A-Za-z0-9 \-]{0,9}[A-Za-z0-9\-])?$"
Name = Annotated[str, Path(pattern=NAME, max_length=11, description="At most 11 characters.")]


class Registration(BaseModel):
    """Where and as what a name is registered."""

    model_config = ConfigDict(extra="forbid")

    authority: str = Field(min_length=1, max_length=200, examples=["CST"])
    reference: str = Field(min_length=1, max_length=200)
    registered_at: Moment


class Sender(BaseModel):
    """A name that stands where a number would."""

    value: str
    kind: str = "alphanumeric"
    registration: Registration

    @classmethod
    def of(cls, value: str, registration: Document) -> "Sender":
        """From what is stored."""
        return cls(value=value, registration=Registration.model_validate(registration))


@router.get("", summary="List the senders that are names")
async def list_senders(who: Reader, limit: Limit = 50, cursor: CursorText = None) -> Page[Sender]:
    """The registered names; the agency's numbers are under `/v1/numbers`."""
    pages = Cursor("senders", who.tenant.tenant)
    found = await who.store.senders.page(pages.read_name(cursor), limit)
    following = pages.after(found, limit, lambda one: (one[0],))
    return Page(data=[Sender.of(*one) for one in found], next_cursor=following)


@router.put("/{value}", summary="Record where a name is registered")
async def put_sender(value: Name, given: Registration, who: Writer) -> Sender:
    """Records it, in place of what was recorded."""
    row = given.model_dump()

    async def body(store: Store, _: Work) -> None:
        await store.senders.register(value, row)

    await who.write(body)
    return Sender.of(value, row)


@router.delete("/{value}", status_code=204, summary="Strike a name's registration")
async def remove_sender(value: Name, who: Writer) -> None:
    """Promotions that need a registration are refused from now on."""

    async def body(store: Store, _: Work) -> None:
        if not await store.senders.strike(value):
            raise not_found()

    await who.write(body)
