"""What is kept of a person is handed over."""

from fastapi import APIRouter
from fastapi.responses import Response

from libs.common import clock
from libs.common.events import Note
from libs.common.mongo import Work
from libs.common.web import Problem, not_found, refuses
from services.consent.api.rights.acting import Decider, conflict
from services.consent.domain.rights import certificate, steps
from services.consent.domain.rights.request import Request
from services.consent.store import Store

router = APIRouter(prefix="/v1", tags=["privacy"])

_GONE = "The package was deleted when its time was over. Open another request."
_NOT_READY = "There is no package (yet): `awaiting` of the request names who has not answered."
_ZIP = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}


@router.get(
    "/privacy/requests/{request_id}/package",
    summary="Fetch all that is kept of the person, as a zip",
    response_class=Response,
    responses={200: {"content": _ZIP}}
    | refuses(409, {"not_ready": _NOT_READY})
    | refuses(410, {"package_gone": _GONE}),
)
async def download_privacy_package(request_id: str, who: Decider) -> Response:
    """`index.html`, `data.json`, a CSV file per category, `about.json`, and `manifest.json` with
    the SHA-256 of each.

    Hand it to the person and to nobody else; with the first download the request is delivered.
    """
    content = await who.store.rights.packages.get(request_id, clock.now())

    async def body(store: Store, work: Work) -> Request:
        request = await store.rights.requests.get(request_id)
        if request is None:
            raise not_found()
        if content is None:
            raise _nothing(request)
        if request.state == "ready":
            work.note(_note(request, who.actor))
            await store.rights.keep(_delivered(request, work))
        return request

    request = await who.write(body)
    await who.saw(request_id, person=request.subject)
    name = f'attachment; filename="personal-data-{request_id}.zip"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return Response(content, media_type="application/zip", headers=headers)


def _delivered(request: Request, work: Work) -> Request:
    done = steps.closed(request, "delivered", work.now)
    proof = certificate.of_other(work.tenant.tenant, done, work.now)
    return done.model_copy(update={"certificate": proof})


def _nothing(request: Request) -> Problem:
    if request.package_until:
        return Problem(410, "package_gone", _GONE)
    return conflict("not_ready", _NOT_READY)


def _note(request: Request, by: str) -> Note:
    return Note(
        action="privacy.delivered",
        actor=by,
        person=request.subject,
        object=request.id,
        facts={"kind": request.kind},
    )
