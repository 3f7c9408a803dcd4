"""What was signed of the trail, and with which keys."""

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from libs.common.events import AuditCheckpointed
from libs.common.web import Cursor, CursorText, Limit, Page
from services.consent.api.audit.reader import Reader
from services.consent.api.falling import below

router = APIRouter(prefix="/v1/audit", tags=["audit"])


class AuditKey(BaseModel):
    """A key that signed, or signs; `not_after` is null for the one that signs now."""

    key: str = Field(description="A C2SP verifier key: name, key id, type and key in base64.")
    not_before: AwareDatetime
    not_after: AwareDatetime | None


class AuditKeyList(BaseModel):
    """The keys, the oldest first."""

    data: list[AuditKey]


@router.get("/checkpoints", summary="List the signed states of the trail, the latest first")
async def list_audit_checkpoints(
    who: Reader, limit: Limit = 50, cursor: CursorText = None
) -> Page[AuditCheckpointed]:
    """Keep one elsewhere: with it, nobody can cut off the end of the trail unseen."""
    pages = Cursor("audit checkpoints", who.tenant.tenant)
    made = await who.store.audit.checkpoints.page(below(pages, cursor), limit)
    following = pages.write(made[-1].size) if len(made) == limit else None
    return Page(data=made, next_cursor=following)


@router.get("/keys", summary="The public keys of the trail")
async def list_audit_keys(who: Reader) -> AuditKeyList:
    """What signatures are verified with. Keep them elsewhere as well."""
    published = who.store.notary.published(who.tenant.tenant)
    return AuditKeyList(
        data=[
            AuditKey(key=one.key, not_before=one.not_before, not_after=one.not_after)
            for one in published
        ]
    )
