"""The pages: sign-in, what an invitation leads to, the policies, and those of the console."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from libs.common.web import not_found
from services.gateway.api.access import admitted, visitor_of
from services.gateway.pages import (
    account,
    audit,
    customers,
    imports,
    keys,
    policies,
    requests,
    usage,
    users,
    webhooks,
)
from services.gateway.pages.navigation import places
from services.gateway.pages.rendering import HERE, page, preferred
from services.gateway.pages.screen import screen_of

STATIC = {
    file.name: file for end in ("css", "js", "svg") for file in (HERE / "static").glob(f"*.{end}")
}
CONSOLE = (customers, imports, requests, users, keys, webhooks, usage, audit, account)


def _console() -> APIRouter:
    """Pages for those who are signed in, each behind its row of the permission table."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(admitted)])
    for part in CONSOLE:
        router.include_router(part.router)
    return router


router = APIRouter(include_in_schema=False)
router.include_router(policies.router)
router.include_router(_console())


@router.get("/")
async def home(request: Request) -> Response:
    """The live page, or the first that one may see; the sign-in form for the others."""
    me = await visitor_of(request)
    if me is None:
        return page("sign_in.html", preferred(request))
    if "live:read" not in me.scopes:
        return RedirectResponse(places(me.scopes)[0].path, 303)
    return (await screen_of(request, me)).show("live.html")


@router.get("/invitation")
async def invitation(request: Request) -> Response:
    """Sets a password. The token stands in the fragment, which never comes here."""
    return page("invitation.html", preferred(request), form="join")


@router.get("/reset")
async def reset(request: Request) -> Response:
    """Sets a new password. The token stands in the fragment, which never comes here."""
    return page("invitation.html", preferred(request), form="reset")


@router.get("/static/{file}")
async def static(file: str) -> Response:
    """The style sheet, the icon and the modules of the script."""
    if file not in STATIC:
        raise not_found()
    return FileResponse(STATIC[file], headers={"Cache-Control": "no-cache"})
