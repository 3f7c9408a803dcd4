"""Files of consents: read as they come, every line accounted for."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request

from libs.common import clock
from libs.common.csvfile import Unreadable
from libs.common.service import Caller, acting
from libs.common.web import Problem
from services.consent.api.upload import Report, Upload
from services.consent.domain.ledger.rows import Context
from services.consent.domain.ledger.sheet import Sheet
from services.consent.store import Store

MAX_UPLOAD = 5_000_000

router = APIRouter(prefix="/v1", tags=["consents"])

Writer = Annotated[Caller[Store], acting("consents:write")]

CSV_BODY = {
    "requestBody": {
        "required": True,
        "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post(
    "/consents:import",
    summary="Write down consents from a CSV file",
    max_body_size=MAX_UPLOAD,
    openapi_extra=CSV_BODY,
)
async def import_consents(request: Request, who: Writer) -> Report:
    """Good lines are written down, the others are reported; the same file again changes nothing.

    If the upload breaks off, the lines so far stay: send the file again.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0]
    if media_type.strip().lower() != "text/csv":
        raise Problem(415, "not_csv", "Send the file as the body, with content type text/csv.")
    zone = ZoneInfo(who.tenant.timezone)
    sheet = Sheet(Context(who.tenant.region, zone, clock.now()))
    try:
        return await Upload(who, sheet).run(request.stream())
    except Unreadable as unreadable:
        raise Problem(422, unreadable.code, unreadable.explanation) from None
