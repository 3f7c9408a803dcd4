"""The operators' privacy policies, for everybody: as a page, as JSON, and as the bare text."""

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from libs.common import policies
from libs.common.policies import Policy, Version
from libs.common.web import not_found
from services.gateway.domain.policy import blocks
from services.gateway.pages.rendering import lost, page, preferred

POLICIES = policies.load()

Wanted = Literal["html", "json", "txt"]

router = APIRouter(include_in_schema=False)


@router.get("/policies")
async def list_policies(request: Request) -> Response:
    """All policies, with the version of each that counts."""
    if _wanted(request) == "json":
        told = [_told(policy, policy.current) for policy in POLICIES.values()]
        return JSONResponse({"data": told}, headers={"Vary": "Accept"})
    answer = page("policies.html", preferred(request), policies=list(POLICIES.values()))
    answer.headers["Vary"] = "Accept"
    return answer


@router.get("/policies/{name}")
async def get_policy(name: str, request: Request, version: str | None = None) -> Response:
    """One version of a policy, by default the one that counts."""
    policy = POLICIES.get(name)
    shown = policy.version(version) if policy else None
    if policy is None or shown is None:
        return lost(request, not_found())
    wanted = _wanted(request)
    tag = f'"{shown.sha256[:32]}-{policy.current.version}-{wanted}"'
    headers = {"ETag": tag, "Vary": "Accept", "Cache-Control": "no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    answer = _answer(wanted, policy, shown)
    answer.headers.update(headers)
    return answer


def _answer(wanted: Wanted, policy: Policy, shown: Version) -> Response:
    if wanted == "json":
        return JSONResponse({**_told(policy, shown), "text": shown.text})
    if wanted == "txt":
        return PlainTextResponse(shown.text)
    return page(
        "policy.html", policy.language, policy=policy, shown=shown, blocks=blocks(shown.text)
    )


def _told(policy: Policy, shown: Version) -> dict[str, object]:
    """What there is to say of a version, but for its text."""
    return {
        "name": policy.name,
        "title": policy.title,
        "language": policy.language,
        **shown.model_dump(mode="json", exclude={"text"}),
        "current": shown == policy.current,
        "versions": [each.version for each in policy.versions],
        "url": f"/policies/{policy.name}?version={shown.version}",
    }


def _wanted(request: Request) -> Wanted:
    """What the caller takes: a browser gets the page, a program that asks for it JSON or text."""
    accept = request.headers.get("accept", "")
    if "text/html" in accept:
        return "html"
    if "application/json" in accept:
        return "json"
    return "txt" if "text/plain" in accept else "html"
