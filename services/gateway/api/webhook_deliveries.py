"""The log of what was sent to an endpoint, and sending once more."""

from fastapi import APIRouter, Request

from libs.common.mongo import Work
from libs.common.web import Cursor, CursorText, Limit, Page, not_found, refuses
from services.gateway.api.access import Agency, Signed
from services.gateway.api.desk import desk_of
from services.gateway.api.webhook_bodies import Delivery
from services.gateway.api.webhooks import DISABLED, check_enabled
from services.gateway.store import Store

router = APIRouter(prefix="/v1/webhooks/{webhook_id}/deliveries", tags=["webhooks"])


@router.get("", summary="List what was sent to an endpoint")
async def list_webhook_deliveries(
    webhook_id: str,
    me: Signed,
    request: Request,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[Delivery]:
    """The latest first; kept for a week, and of a person no longer than the person is."""
    hooks = desk_of(request).store(me.account.tenant).hooks
    if await hooks.endpoints.get(webhook_id) is None:
        raise not_found()
    pages = Cursor(f"deliveries {webhook_id}", me.account.tenant)
    found = await hooks.deliveries.page(webhook_id, pages.read_place(cursor), limit)
    following = pages.after(found, limit, lambda one: (one.created_at, one.id))
    return Page(data=[Delivery.of(one) for one in found], next_cursor=following)


@router.post(
    "/{delivery_id}:resend",
    status_code=202,
    summary="Send a delivery once more",
    responses=refuses(409, {"webhook_disabled": DISABLED}),
)
async def resend_webhook_delivery(
    webhook_id: str, delivery_id: str, tenant: Agency, request: Request
) -> Delivery:
    """Under the same `webhook-id`, at once, and with all its retries."""

    async def body(store: Store, work: Work) -> Delivery:
        endpoint = await store.hooks.endpoints.get(webhook_id)
        delivery = await store.hooks.deliveries.get(delivery_id)
        if endpoint is None or delivery is None or delivery.webhook != webhook_id:
            raise not_found()
        check_enabled(endpoint)
        again = delivery.again(work.now)
        await store.hooks.put(again)
        return Delivery.of(again)

    return await desk_of(request).write(body, tenant)
