"""The pages: sign-in, the live page, and the page that a person's invitation leads to."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from libs.common.web import not_found
from services.gateway.api.access import visitor_of
from services.gateway.api.desk import desk_of
from services.gateway.domain.tenant import right_to_left
from services.gateway.pages.texts import texts_in

HERE = Path(__file__).parent
STATIC = {
    file.name: file for end in ("css", "js", "svg") for file in (HERE / "static").glob(f"*.{end}")
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

router = APIRouter(include_in_schema=False)
_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@router.get("/")
async def home(request: Request) -> Response:
    """The live page for those who are signed in, the sign-in form for the others."""
    me = await visitor_of(request)
    if me is None:
        return _page("sign_in.html", _preferred(request))
    tenant = await desk_of(request).store().tenants.get(me.account.tenant)
    language = tenant.language if tenant else "en"
    agency = tenant.name if tenant else ""
    return _page("live.html", language, user=me.account.name, agency=agency)


@router.get("/invitation")
async def invitation(request: Request) -> Response:
    """Sets a password. The token stands in the fragment, which never comes here."""
    return _page("invitation.html", _preferred(request))


@router.get("/static/{file}")
async def static(file: str) -> Response:
    """The style sheet, the icon and the modules of the script."""
    if file not in STATIC:
        raise not_found()
    return FileResponse(STATIC[file], headers={"Cache-Control": "no-cache"})


def _page(template: str, language: str, **values: str) -> Response:
    texts = texts_in(language)
    direction = "rtl" if right_to_left(texts["language"]) else "ltr"
    html = _templates.get_template(template).render(t=texts, direction=direction, **values)
    return HTMLResponse(html, headers={"Content-Security-Policy": POLICY})


def _preferred(request: Request) -> str:
    """The first language that the browser asks for."""
    return request.headers.get("accept-language", "en").partition(",")[0].strip().lower()
