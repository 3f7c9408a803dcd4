"""Templates and their words, as one page."""

from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from libs.common.web import Problem
from libs.common.web.problems import render
from services.gateway.domain.tenant import right_to_left
from services.gateway.pages.texts import texts_in
from services.gateway.pages.wording import FILTERS

HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters |= FILTERS


def page(template: str, language: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """The template, filled, in a language (BCP 47) as far as its words go."""
    texts = texts_in(language)
    direction = "rtl" if right_to_left(texts["language"]) else "ltr"
    html = _templates.get_template(template).render(t=texts, direction=direction, **values)
    return HTMLResponse(html, status, headers={"Content-Security-Policy": POLICY})


def preferred(request: Request) -> str:
    """The first language that the browser asks for."""
    return request.headers.get("accept-language", "en").partition(",")[0].strip().lower()


def refused(request: Request, problem: Problem) -> HTMLResponse:
    """Why something cannot be shown, to whoever it is."""
    return page("refused.html", preferred(request), status=problem.status, problem=problem)


def lost(request: Request, problem: Problem) -> Response:
    """What is not there: a browser is told in words, a program by the problem."""
    browses = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    return refused(request, problem) if browses and problem.status == 404 else render(problem)
