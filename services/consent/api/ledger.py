"""What one person allows: written down, looked up, and proven."""

from typing import Annotated, Literal
from uuid import uuid4

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.common import clock, phone
from libs.common.events import ConsentChanged
from libs.common.mongo import Work
from libs.common.service import Caller, acting
from libs.common.web import (
    Cursor,
    CursorText,
    FieldError,
    Limit,
    Page,
    Problem,
    last_place,
    not_found,
)
from services.consent.domain.ledger.book import Book
from services.consent.domain.ledger.dates import is_to_come, is_too_early
from services.consent.domain.ledger.purposes import Unfit, fitting
from services.consent.domain.ledger.record import Act, Action, Channel, Record, Subject
from services.consent.store import Store

router = APIRouter(prefix="/v1", tags=["consents"])

Reader = Annotated[Caller[Store], acting("consents:read")]
Writer = Annotated[Caller[Store], acting("consents:write")]

Number = Annotated[str, Field(max_length=64)]
Wording = Annotated[str, Field(min_length=1, max_length=100)]

_HIGHEST = 2**62  # a cursor is anybody's to write, and the store takes no larger number


class Whose(BaseModel):
    """A number in any usual spelling; without `+` it is read in the agency's region."""

    model_config = ConfigDict(extra="forbid")

    number: Number

    def e164(self, region: str) -> str:
        """As it is dialled. Raises Problem 422 where it is none."""
        found = phone.parse(self.number, region)
        if isinstance(found, phone.NotANumber):
            raise _unusable(found.code, "number", found.explanation)
        return found.e164


class ConsentIn(Whose):
    """What a person allowed or refused, how, and when (by default now).

    A grant and a withdrawal name their purpose; `all` withdraws everything and suppresses the
    number. `wording` is the version of the text that the person agreed to.
    """

    action: Action
    purpose: Subject | None = None
    channel: Channel = "sms"
    at: AwareDatetime | None = None
    means: Literal["api", "agent", "web", "voice", "paper", "sms"]
    wording: Wording | None = None
    collected_directly: bool = True

    def act(self, who: str) -> Act:
        """The act to be written down. Raises Problem 422."""
        now = clock.now()
        at = self.at or now
        if is_to_come(at, now):
            raise _unusable("future", "at", "This is still to come. Give the time of the act.")
        if is_too_early(at):
            raise _unusable("too_early", "at", "Nobody can have agreed then. Check the year.")
        told = self.model_dump(exclude={"number", "purpose", "at"})
        act = Act(id=f"rec_{uuid4().hex}", purpose=self._fitting(), at=at, who=who, **told)
        return act.by(now)

    def _fitting(self) -> Subject:
        try:
            return fitting(self.action, self.purpose)
        except Unfit as unfit:
            raise _unusable("unfit_purpose", "purpose", str(unfit)) from None


class Written(BaseModel):
    """The record as it stands in the ledger, and what the person allows with it."""

    record: Record
    state: ConsentChanged

    @classmethod
    def of(cls, book: Book) -> "Written":
        """From the book, to which one record was added."""
        return cls.model_validate({"record": book.records[-1], "state": book.told})


class History(Page[Record]):
    """What a person allows, and the records that prove it, the last written first."""

    state: ConsentChanged


@router.post("/consents", status_code=201, summary="Write down what a person allows or refuses")
async def write_consent(given: ConsentIn, who: Writer, response: Response) -> Written:
    """Adds a record. The latest act of the person counts, whatever is written down later."""
    e164, act = given.e164(who.tenant.region), given.act(who.principal.user)

    async def body(store: Store, work: Work) -> Book:
        book = await store.enter(store.subject_of(e164), act, work.now, e164)
        for change in book.changes():
            work.emit(change)
        return book

    book = await who.write(body)
    response.headers["Location"] = f"/v1/consents/{book.subject}"
    return Written.of(book)


@router.post("/consents:find", summary="What the person with a number allows")
async def find_consent(given: Whose, who: Reader) -> ConsentChanged:
    """The state; the number stands in the body, so that no log of paths holds it."""
    return await _state(who, who.store.subject_of(given.e164(who.tenant.region)))


@router.get("/consents", summary="List what people allow, the last changed first")
async def list_consents(
    who: Reader,
    limit: Limit = 50,
    cursor: CursorText = None,
    suspected: Annotated[
        bool, Query(description="Only people of whom somebody must decide what they meant.")
    ] = False,
) -> Page[ConsentChanged]:
    """The states of the tenant's people."""
    pages = Cursor("suspected" if suspected else "consents", who.tenant.tenant)
    states = await who.store.ledger.states(pages.read_place(cursor), limit, suspected)
    last = last_place(states, limit, lambda state: (state.changed_at, state.subject))
    return Page(data=states, next_cursor=pages.following(last))


@router.get("/consents/{subject}", summary="What one person allows, with the proof")
async def get_consent(
    subject: str, who: Reader, limit: Limit = 50, cursor: CursorText = None
) -> History:
    """The state and the ledger of one person."""
    state = await _state(who, subject)
    pages = Cursor(f"consents/{subject}", who.tenant.tenant)
    position = pages.read(cursor, int)
    below = min(abs(int(position[0])), _HIGHEST) if position else None
    records = await who.store.ledger.records(subject, below, limit)
    following = pages.write(records[-1].seq) if len(records) == limit else None
    return History(state=state, data=records, next_cursor=following)


async def _state(who: Caller[Store], subject: str) -> ConsentChanged:
    state = await who.store.ledger.state(subject)
    if state is None:
        raise not_found()
    return state


def _unusable(code: str, field: str, detail: str) -> Problem:
    error = FieldError(pointer=f"#/{field}", detail=detail)
    return Problem(422, code, detail, errors=[error])
