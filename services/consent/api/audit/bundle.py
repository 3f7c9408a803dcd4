"""A whole trail in one file, for whoever verifies it without us."""

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from services.consent.api.audit.packing import packed
from services.consent.api.audit.reader import Reader, note_reading
from services.consent.domain.audit.reading import Shown

router = APIRouter(prefix="/v1/audit", tags=["audit"])

ZIP = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}


@router.get(
    "/bundle",
    summary="Download the trail with its checkpoints and keys",
    response_class=StreamingResponse,
    responses={200: {"content": ZIP}},
)
async def download_audit_bundle(who: Reader) -> StreamingResponse:
    """A zip: `entries.ndjson`, `checkpoints.ndjson`, `keys.txt`, and `manifest.json`.

    The manifest holds the SHA-256 of each file, in hex. A line of the first two is an event's data.
    """
    tenant = who.tenant.tenant
    # Nothing beyond it is handed over: what is sealed meanwhile would be shown and not noted.
    size = (await who.store.audit.head()).size
    if size:
        await note_reading(who, Shown("bundle", size, up_to=size))
    keys = [one.key for one in who.store.notary.published(tenant)]
    signed = who.store.audit.checkpoints.up_to(size)
    body = packed(who.store.audit.entries.every(size), signed, keys)
    name = f'attachment; filename="audit-{tenant}.zip"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return StreamingResponse(body, media_type="application/zip", headers=headers)
