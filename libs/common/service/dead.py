"""`/operator/v1/dead`: the dead letters of a service, for operators; never what is inside."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from libs.common.bus import Letters, Record, Unavailable, letters
from libs.common.bus.parking import event_of
from libs.common.mongo import Document
from libs.common.service.caller import Caller, operating
from libs.common.web import Cursor, CursorText, Limit, Page, Problem, not_found

router = APIRouter(prefix="/operator/v1/dead", include_in_schema=False)

Reader = Annotated[Caller[Any], operating("dead:read")]
Writer = Annotated[Caller[Any], operating("dead:write")]
State = Literal["parked", "replayed", "discarded"]


def _place(topic: str, partition: int, offset: int) -> str:
    return f"{topic}/{partition}/{offset}"


Place = Annotated[str, Depends(_place)]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


class Dead(BaseModel):
    """A record that could not be handled, by its place in the log."""

    place: str
    tenant: str | None = None
    type: str | None = None
    reason: str
    attempts: int
    at: AwareDatetime
    state: State
    settled_at: AwareDatetime | None = None
    settled_by: str | None = None
    settled_for: str | None = None

    @classmethod
    def of(cls, row: Document) -> "Dead":
        """From the stored row."""
        return cls(place=row["_id"], **{k: row[k] for k in cls.model_fields if k in row})


class Inside(BaseModel):
    """What can be told of the record: sizes in bytes, and the event's attributes."""

    dead: Dead
    key_bytes: int | None
    value_bytes: int | None
    headers: int
    event: dict[str, str] = Field(description="Empty where the record is no event.")


class Settlement(BaseModel):
    """Why an operator settles it; kept with the record."""

    reason: Why


@router.get("")
async def list_dead(
    who: Reader,
    request: Request,
    state: State = "parked",
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[Dead]:
    """The latest first."""
    pages = Cursor(f"dead {state}", who.tenant.tenant)
    rows = await _letters(request).page(state, pages.read_place(cursor), limit)
    following = pages.after(rows, limit, lambda row: (row["at"], row["_id"]))
    return Page(data=[Dead.of(row) for row in rows], next_cursor=following)


@router.get("/{topic}/{partition}/{offset}")
async def show_dead(_: Reader, request: Request, place: Place) -> Inside:
    """One that is parked."""
    try:
        row, record = await _letters(request).one(place)
    except letters.NotParked:
        raise not_found() from None
    return _inside(Dead.of(row), record)


@router.post("/{topic}/{partition}/{offset}/replay", status_code=204)
async def replay_dead(who: Writer, request: Request, place: Place, body: Settlement) -> None:
    """Handles it once more, under its own event id."""
    try:
        await _letters(request).replay(place, who.principal.user, body.reason)
    except letters.NotParked:
        raise not_found() from None
    except letters.StillFails as error:
        raise Problem(409, "still_fails", f"It fails as before: {error}.") from None
    except Unavailable:
        raise Problem(503, "unavailable", "A store does not answer; try again.") from None


@router.post("/{topic}/{partition}/{offset}/discard", status_code=204)
async def discard_dead(who: Writer, request: Request, place: Place, body: Settlement) -> None:
    """Gives it up; what is inside is deleted."""
    try:
        await _letters(request).discard(place, who.principal.user, body.reason)
    except letters.NotParked:
        raise not_found() from None


def _inside(dead: Dead, record: Record) -> Inside:
    event = event_of(record)
    told = event.model_dump(mode="json", exclude={"data"}, exclude_none=True) if event else {}
    return Inside(
        dead=dead,
        key_bytes=None if record.key is None else len(record.key),
        value_bytes=None if record.value is None else len(record.value),
        headers=len(record.headers),
        event=told,
    )


def _letters(request: Request) -> Letters:
    found: Letters = request.app.state.running.letters
    return found
