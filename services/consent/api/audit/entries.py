"""Who did what, the latest first."""

import json
from dataclasses import dataclass, replace
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, Field

from libs.common.events import AuditSealed
from libs.common.web import Cursor, CursorText, Limit, Moment, Page
from services.consent.api.audit.reader import Reader, note_reading
from services.consent.api.falling import below
from services.consent.domain.audit.reading import Shown, What, shows_something
from services.consent.store.audit import Asked

router = APIRouter(prefix="/v1", tags=["audit"])

Word = Annotated[str | None, Query(max_length=200)]


class AuditEntry(BaseModel):
    """An entry of the trail.

    `person` is a random id, `source_seq` the number that the service gave it. `hash` is taken over
    the entry's text, which the bundle holds.
    """

    sequence: int
    time: AwareDatetime
    action: str
    actor: str
    outcome: str
    person: str | None
    object: str | None
    reason: str | None
    facts: dict[str, str | int | bool]
    source: str
    source_seq: int
    prev: str = Field(description="The hash of the entry before it.")
    hash: str

    @classmethod
    def of(cls, kept: AuditSealed) -> Self:
        """From its text."""
        told: dict[str, Any] = json.loads(kept.entry)
        return cls(**told, hash=kept.hash)


@dataclass(frozen=True)
class Filters:
    """Which entries are asked for; `subject` is the person's."""

    asked: Asked
    subject: str | None

    def kinds(self) -> list[str]:
        """By what is asked, as the parameters are called, and not for what."""
        asked = self.asked
        told: dict[str, object] = {
            "action": asked.action,
            "actor": asked.actor,
            "subject": self.subject,
        }
        told |= {"from": asked.since, "to": asked.until}
        return [name for name, value in told.items() if value is not None]


def _filters(
    action: Word = None,
    actor: Word = None,
    subject: Annotated[
        str | None, Query(max_length=200, description="The subject of a person, as elsewhere.")
    ] = None,
    since: Annotated[Moment | None, Query(alias="from")] = None,
    until: Annotated[Moment | None, Query(alias="to", description="Up to, and without.")] = None,
) -> Filters:
    return Filters(Asked(action, actor, None, since, until), subject)


@router.get("/audit", summary="List what was done, the latest first")
async def list_audit_entries(
    who: Reader,
    filters: Annotated[Filters, Depends(_filters)],
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[AuditEntry]:
    """The entries of the agency's trail. That they were read is put on it, too (`audit.read`).

    A person whose data was erased is named by no subject any more; the entries stay.
    """
    audit, pages = who.store.audit, Cursor("audit", who.tenant.tenant)
    place = below(pages, cursor)
    person = await audit.person(filters.subject) if filters.subject else None
    if filters.subject and person is None:
        return Page(data=[])
    kept = await audit.entries.page(replace(filters.asked, person=person), place, limit)
    if shows_something(kept):
        kinds = filters.kinds()
        what: What = "entries" if kinds or cursor else "latest"
        up_to = kept[0].sequence if what == "latest" else None
        await note_reading(who, Shown(what, len(kept), up_to, kinds, limit))
    following = pages.write(kept[-1].sequence) if len(kept) == limit else None
    return Page(data=[AuditEntry.of(one) for one in kept], next_cursor=following)
