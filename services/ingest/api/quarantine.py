"""The quarantine, for operators: reasons and times, never what is inside."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel

from libs.common.mongo import Document
from libs.common.service import Caller, operating
from libs.common.web import Cursor, CursorText, Limit, Page
from services.ingest.store import Store

router = APIRouter(prefix="/v1")

Operator = Annotated[Caller[Store], operating("quarantine:read")]


class Quarantined(BaseModel):
    """A webhook that has no tenant, or no meaning for us."""

    id: str
    reason: str
    event_type: str | None
    received_at: AwareDatetime

    @classmethod
    def of(cls, row: Document) -> "Quarantined":
        """From the stored row."""
        return cls(id=row["_id"], **{name: row[name] for name in cls.model_fields if name != "id"})


@router.get("/quarantine", summary="List quarantined webhooks, the latest first")
async def list_quarantine(
    who: Operator, limit: Limit = 50, cursor: CursorText = None
) -> Page[Quarantined]:
    """What was signed, but could not be routed or understood."""
    pages = Cursor("quarantine", who.tenant.tenant)
    rows = await who.store.page(pages.read_place(cursor), limit)
    following = pages.after(rows, limit, lambda row: (row["received_at"], row["_id"]))
    return Page(data=[Quarantined.of(row) for row in rows], next_cursor=following)
