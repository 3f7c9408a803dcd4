"""Files of consents: read as they come, every line accounted for."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request

from libs.common import clock
from libs.common.service import Caller, acting
from libs.common.web import NOT_CSV, UNREADABLE, csv_body, csv_stream, refuses
from services.consent.api.upload import Report, Upload
from services.consent.domain.ledger.rows import Context
from services.consent.domain.ledger.sheet import Sheet
from services.consent.store import Store

MAX_UPLOAD = 5_000_000

router = APIRouter(prefix="/v1", tags=["consents"])

Writer = Annotated[Caller[Store], acting("consents:write")]
_COLUMNS = {
    "column_twice": "Two columns hold the number. Leave one out.",
    "no_number_column": "No column holds the telephone numbers. Name one 'phone'.",
    "no_consent_column": "No column says who agreed. Name one 'consent', with yes or no in it.",
}


@router.post(
    "/consents:import",
    summary="Write down consents from a CSV file",
    max_body_size=MAX_UPLOAD,
    responses=refuses(415, NOT_CSV) | refuses(422, UNREADABLE | _COLUMNS),
    openapi_extra=csv_body("phone,consent\n+13035550142,yes\n"),
)
async def import_consents(request: Request, who: Writer) -> Report:
    """Good lines are written down, the others are reported; the same file again changes nothing.

    If the upload breaks off, the lines so far stay: send the file again.
    """
    file = csv_stream(request)
    zone = ZoneInfo(who.tenant.timezone)
    sheet = Sheet(Context(who.tenant.region, zone, clock.now()))
    return await Upload(who, sheet).run(file)
