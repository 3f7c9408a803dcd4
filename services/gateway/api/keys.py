"""The keys with which an agency's programs come."""

from typing import Annotated

import structlog
from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from libs.common.events import Note
from libs.common.events.personal import USER
from libs.common.mongo import Work
from libs.common.web import NOT_FOUND, Page, Problem, not_found, refuses
from services.gateway.api.access import Agency, Signed, operation_of
from services.gateway.api.desk import desk_of
from services.gateway.api.shapes import Mine
from services.gateway.domain.key import (
    LONGEST,
    MOST,
    BadExpiry,
    Key,
    KeyScope,
    TooManyKeys,
    check_new,
    new_key,
)
from services.gateway.domain.session import digest
from services.gateway.store import Store

router = APIRouter(prefix="/v1", tags=["keys"])

_TOO_MANY = f"This is refused: an agency has at most {MOST} good keys: revoke one first."
_BAD_EXPIRY = "The end is refused: say when it ends: in the future, at most 366 days from now."
log = structlog.get_logger()

Name = Annotated[str, Mine, Field(min_length=1, max_length=100, examples=["Policy system"])]
Trimmed = Annotated[Name, StringConstraints(strip_whitespace=True)]
"""Without the blanks around it, and more than blanks."""
Ends = Annotated[
    AwareDatetime | None,
    Field(description=f"At most {LONGEST.days} days ahead; null: good until it is revoked."),
]


class NewKey(BaseModel):
    """A key to be made."""

    name: Trimmed
    scopes: Annotated[list[KeyScope], Field(min_length=1, max_length=len(KeyScope))]
    expires_at: Ends = None


class ApiKey(BaseModel):
    """A key, without what is secret in it. `last_used_at` is right to the minute."""

    id: str
    name: Name
    scopes: list[KeyScope]
    created_at: AwareDatetime
    created_by: Annotated[str, USER]
    expires_at: AwareDatetime | None
    last_used_at: AwareDatetime | None
    revoked_at: AwareDatetime | None


class IssuedKey(ApiKey):
    """A key, the only time that its text is shown."""

    key: Annotated[str, Mine, Field(description="Shown once: `Authorization: Bearer <key>`.")]


@router.get("/keys", summary="List the agency's keys")
async def list_keys(me: Signed, request: Request) -> Page[ApiKey]:
    """The newest first, on one page; those that are over for 90 days."""
    desk = desk_of(request)
    keys = await desk.store(me.tenant).agency_keys.all()
    operation = str(operation_of(request))
    await desk.saw(me.tenant, me.actor, operation, "keys", documents=len(keys))
    return Page(data=[ApiKey.model_validate(_told(key)) for key in keys], next_cursor=None)


@router.post(
    "/keys",
    status_code=201,
    summary="Make a key",
    responses=refuses(404, NOT_FOUND)
    | refuses(409, {"too_many_keys": _TOO_MANY})
    | refuses(422, {"bad_expiry": _BAD_EXPIRY}),
)
async def make_key(new: NewKey, me: Signed, tenant: Agency, request: Request) -> IssuedKey:
    """For a program of the agency. To change it, make another, and revoke this one then."""
    name, text = new_key()

    async def body(store: Store, work: Work) -> Key:
        await store.turns.take(f"keys:{me.tenant}")
        _check(len(await store.agency_keys.good(work.now)), new, work)
        key = Key(
            name, me.tenant, new.name, frozenset(new.scopes), digest(text),
            work.now, me.user, new.expires_at,
        )  # fmt: skip
        await store.agency_keys.add(key)
        facts = {"scopes": " ".join(sorted(key.scopes)), "expires": key.expires_at is not None}
        work.note(Note(action="key.created", actor=me.actor, object=key.id, facts=facts))
        return key

    key = await desk_of(request).write(body, tenant)
    log.info("key.created", tenant=me.tenant, by=me.user)
    return IssuedKey.model_validate({**_told(key), "key": text})


@router.delete("/keys/{key_id}", status_code=204, summary="Revoke a key")
async def revoke_key(key_id: str, me: Signed, tenant: Agency, request: Request) -> None:
    """At once; live streams that are open with it end within seconds."""

    async def body(store: Store, work: Work) -> None:
        if await store.agency_keys.get(key_id) is None:
            raise not_found()
        if await store.agency_keys.revoke(key_id, work.now):
            work.note(Note(action="key.revoked", actor=me.actor, object=key_id))

    await desk_of(request).write(body, tenant)


def _check(good: int, new: NewKey, work: Work) -> None:
    try:
        check_new(good, new.expires_at, work.now)
    except BadExpiry as error:
        raise Problem(422, "bad_expiry", f"The end is refused: {error}.") from None
    except TooManyKeys as error:
        raise Problem(409, "too_many_keys", f"This is refused: {error}.") from None


def _told(key: Key) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "created_at": key.created_at,
        "created_by": key.created_by,
        "expires_at": key.expires_at,
        "last_used_at": key.used_at,
        "revoked_at": key.revoked_at,
    }
