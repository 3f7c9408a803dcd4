"""The agency's telephone numbers, which operators assign."""

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel

from libs.common import clock
from libs.common.web import Page
from services.gateway.api.access import Known
from services.gateway.api.desk import desk_of

router = APIRouter(prefix="/v1", tags=["numbers"])


class Number(BaseModel):
    """A number (E.164) that is the agency's in `[valid_from, valid_to)`."""

    number: str
    valid_from: AwareDatetime
    valid_to: AwareDatetime | None


@router.get("/numbers", summary="List the agency's numbers")
async def list_numbers(me: Known, request: Request) -> Page[Number]:
    """Those that are the agency's now or will be, on one page."""
    tenant = await desk_of(request).store().tenants.get(me.tenant)
    held = tenant.numbers if tenant else ()
    now = clock.now()
    numbers = [
        Number(number=each.value, valid_from=each.valid_from, valid_to=each.valid_to)
        for each in held
        if each.valid_to is None or each.valid_to > now
    ]
    return Page(data=sorted(numbers, key=lambda n: n.number), next_cursor=None)
