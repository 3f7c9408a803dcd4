"""The pages: sign-in, the live page, what an invitation leads to, and the privacy policies."""

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from libs.common.web import not_found
from services.gateway.api.access import visitor_of
from services.gateway.api.desk import desk_of
from services.gateway.pages import policies
from services.gateway.pages.rendering import HERE, page, preferred

STATIC = {
    file.name: file for end in ("css", "js", "svg") for file in (HERE / "static").glob(f"*.{end}")
}
router = APIRouter(include_in_schema=False)
router.include_router(policies.router)


@router.get("/")
async def home(request: Request) -> Response:
    """The live page for those who are signed in, the sign-in form for the others."""
    me = await visitor_of(request)
    if me is None:
        return page("sign_in.html", preferred(request))
    tenant = await desk_of(request).store().tenants.get(me.account.tenant)
    language = tenant.language if tenant else "en"
    agency = tenant.name if tenant else ""
    return page("live.html", language, user=me.account.name, agency=agency)


@router.get("/invitation")
async def invitation(request: Request) -> Response:
    """Sets a password. The token stands in the fragment, which never comes here."""
    return page("invitation.html", preferred(request))


@router.get("/static/{file}")
async def static(file: str) -> Response:
    """The style sheet, the icon and the modules of the script."""
    if file not in STATIC:
        raise not_found()
    return FileResponse(STATIC[file], headers={"Cache-Control": "no-cache"})
