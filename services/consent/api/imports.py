"""Files of consents: read as they come, every line accounted for."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request

from libs.common import clock
from libs.common.service import Caller, acting
from libs.common.web import CSV_BODY, csv_stream
from services.consent.api.upload import Report, Upload
from services.consent.domain.ledger.rows import Context
from services.consent.domain.ledger.sheet import Sheet
from services.consent.store import Store

MAX_UPLOAD = 5_000_000

router = APIRouter(prefix="/v1", tags=["consents"])

Writer = Annotated[Caller[Store], acting("consents:write")]


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
    file = csv_stream(request)
    zone = ZoneInfo(who.tenant.timezone)
    sheet = Sheet(Context(who.tenant.region, zone, clock.now()))
    return await Upload(who, sheet).run(file)
