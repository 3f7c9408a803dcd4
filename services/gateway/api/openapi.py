"""The one OpenAPI document, merged from the gateway's own and those of the services."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from libs.common.web import Problem, refuses
from services.gateway.api.desk import Desk, desk_of
from services.gateway.clients import Away
from services.gateway.domain.routes import SERVICES

router = APIRouter(prefix="/v1", tags=["about"])

_AWAY = "Part of the document is not known yet; try again in a moment."
_SHAPE = {"schema": {"type": "object"}, "example": {"openapi": "3.1.0"}}


@router.get(
    "/openapi.json",
    summary="This document",
    response_class=JSONResponse,
    responses=refuses(503, {"service_away": _AWAY})
    | {200: {"content": {"application/json": _SHAPE}}},
)
async def get_openapi(request: Request) -> Response:
    """OpenAPI 3.1 of all operations for agencies."""
    desk = desk_of(request)
    try:
        documents = await _documents(desk)
    except Away:
        raise Problem(503, "service_away", _AWAY, headers={"Retry-After": "2"}) from None
    own = request.app.openapi()
    whole = desk.documents.merged({"gateway": own, **documents}, desk.site.cookie)
    return Response(whole, media_type="application/json")


async def _documents(desk: Desk) -> dict[str, dict[str, Any]]:
    names = sorted(set(SERVICES.values()))
    found = await asyncio.gather(*(desk.documents.of(name) for name in names))
    return dict(zip(names, found, strict=True))
