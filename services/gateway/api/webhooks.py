"""Endpoints of an agency's apps: making, changing, trying them, and new secrets."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Request

from libs.common import clock
from libs.common.events import Note, TenantSaved
from libs.common.mongo import Work
from libs.common.web import Page, Problem, not_found, refuses
from services.gateway.api.access import Agency, Signed, Visitor
from services.gateway.api.desk import Desk, desk_of
from services.gateway.api.webhook_bodies import (
    Delivery,
    NewWebhook,
    Webhook,
    WebhookChange,
    WebhookMade,
    WebhookSecret,
)
from services.gateway.clients import Poster
from services.gateway.domain.hooks.delivery import owed
from services.gateway.domain.hooks.endpoint import MOST, Endpoint, Secret
from services.gateway.domain.hooks.signing import new_secret
from services.gateway.domain.hooks.target import Unfit
from services.gateway.domain.hooks.telling import trial
from services.gateway.store import Store

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

TOO_MANY = f"An agency has {MOST} endpoints at the most: delete one first."
DISABLED = "This endpoint is disabled: enable it first, with `disabled` false."
TARGET = "Nothing can be sent there: the address is not public."


async def poster(request: Request) -> Poster:
    """What knows where deliveries may go."""
    found: Poster = request.app.state.poster
    return found


Posting = Annotated[Poster, Depends(poster)]
Change = Callable[[Endpoint, Store, Work], Awaitable[Endpoint]]


@router.get("", summary="List the endpoints of the agency's apps")
async def list_webhooks(me: Signed, request: Request) -> Page[Webhook]:
    """All of them, the oldest first, on one page."""
    found = await desk_of(request).store(me.account.tenant).hooks.endpoints.all()
    return Page(data=[Webhook.of(one) for one in found], next_cursor=None)


@router.post(
    "",
    status_code=201,
    summary="Register an endpoint",
    responses=refuses(409, {"too_many_webhooks": TOO_MANY})
    | refuses(422, {"webhook_target": TARGET}),
)
async def create_webhook(
    new: NewWebhook, me: Signed, tenant: Agency, posting: Posting, request: Request
) -> WebhookMade:
    """Gives the secret with which deliveries are signed, once."""
    await _check(posting, new.url)
    secret = new_secret()

    async def body(store: Store, work: Work) -> Endpoint:
        await store.turns.take(f"webhooks:{tenant.tenant}")
        if len(await store.hooks.endpoints.all()) >= MOST:
            raise Problem(409, "too_many_webhooks", TOO_MANY)
        endpoint = Endpoint(
            id=f"whk_{uuid4().hex}",
            url=new.url,
            events=tuple(new.events),
            secrets=(Secret(store.hooks.endpoints.seal(secret)),),
            created_at=work.now,
        )
        await store.hooks.endpoints.put(endpoint)
        work.note(_note("webhook.created", me, endpoint))
        return endpoint

    made = Webhook.of(await desk_of(request).write(body, tenant))
    request.app.state.listening.forget(tenant.tenant)
    return WebhookMade(secret=secret, **made.model_dump())


@router.get("/{webhook_id}", summary="One endpoint")
async def get_webhook(webhook_id: str, me: Signed, request: Request) -> Webhook:
    """The endpoint, and how it is doing."""
    found = await desk_of(request).store(me.account.tenant).hooks.endpoints.get(webhook_id)
    if found is None:
        raise not_found()
    return Webhook.of(found)


@router.patch(
    "/{webhook_id}",
    summary="Change an endpoint, disable it, or let it try again",
    responses=refuses(422, {"webhook_target": TARGET}),
)
async def change_webhook(
    webhook_id: str, change: WebhookChange, me: Signed, tenant: Agency, request: Request
) -> Webhook:
    """Takes effect with the next attempt; what was not sent while it was disabled is not owed."""
    if change.url is not None:
        await _check(await poster(request), change.url)

    async def changed(endpoint: Endpoint, _: Store, work: Work) -> Endpoint:
        after = replace(
            endpoint,
            url=endpoint.url if change.url is None else change.url,
            events=endpoint.events if change.events is None else tuple(change.events),
        )
        if change.disabled is not None:
            after = after.off("by_hand", work.now) if change.disabled else after.on()
        if after != endpoint:
            work.note(_note("webhook.changed", me, after))
        return after

    return Webhook.of(await _change(desk_of(request), tenant, webhook_id, changed))


@router.delete("/{webhook_id}", status_code=204, summary="Delete an endpoint")
async def remove_webhook(webhook_id: str, me: Signed, tenant: Agency, request: Request) -> None:
    """Nothing more is sent to it, and its log goes too."""

    async def body(store: Store, work: Work) -> None:
        endpoint = await store.hooks.endpoints.get(webhook_id)
        if endpoint is None or not await store.hooks.remove(webhook_id):
            raise not_found()
        work.note(_note("webhook.removed", me, endpoint))

    await desk_of(request).write(body, tenant)


@router.post("/{webhook_id}:rotate", summary="Give an endpoint a new secret")
async def rotate_webhook_secret(
    webhook_id: str, me: Signed, tenant: Agency, request: Request
) -> WebhookSecret:
    """For 24 hours each delivery carries two signatures: of the new secret and of the old one."""
    secret = new_secret()

    async def rotated(endpoint: Endpoint, store: Store, work: Work) -> Endpoint:
        work.note(_note("webhook.rotated", me, endpoint))
        return endpoint.rotated(store.hooks.endpoints.seal(secret), work.now)

    await _change(desk_of(request), tenant, webhook_id, rotated)
    return WebhookSecret.of(secret, clock.now())


@router.post(
    "/{webhook_id}:test",
    status_code=202,
    summary="Send a trial to an endpoint",
    responses=refuses(409, {"webhook_disabled": DISABLED}),
)
async def try_webhook(webhook_id: str, tenant: Agency, request: Request) -> Delivery:
    """A delivery of type `webhook.test`; the log tells what became of it."""

    async def body(store: Store, work: Work) -> Delivery:
        endpoint = await store.hooks.endpoints.get(webhook_id)
        if endpoint is None:
            raise not_found()
        check_enabled(endpoint)
        delivery = owed(trial(webhook_id, work.now), str(uuid4()), webhook_id, work.now)
        await store.hooks.owe([delivery])
        return Delivery.of(delivery)

    return await desk_of(request).write(body, tenant)


def check_enabled(endpoint: Endpoint) -> None:
    """Raises Problem 409 where nothing is sent to the endpoint."""
    if endpoint.disabled:
        raise Problem(409, "webhook_disabled", DISABLED)


async def _check(posting: Poster, url: str) -> None:
    try:
        await posting.check(url)
    except Unfit as error:
        raise Problem(422, "webhook_target", f"Nothing can be sent there: {error}.") from None


async def _change(desk: Desk, tenant: TenantSaved, webhook: str, change: Change) -> Endpoint:
    async def body(store: Store, work: Work) -> Endpoint:
        endpoint = await store.hooks.endpoints.get(webhook)
        if endpoint is None:
            raise not_found()
        after = await change(endpoint, store, work)
        await store.hooks.endpoints.put(after)
        return after

    return await desk.write(body, tenant)


def _note(action: str, me: Visitor, endpoint: Endpoint) -> Note:
    facts = {"events": len(endpoint.events), "disabled": endpoint.disabled is not None}
    return Note(action=action, actor=me.actor, object=endpoint.id, facts=facts)
