"""Operations of the services behind: the gateway says who asks, and passes the bytes through."""

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect

from libs.common.web import Problem, not_found
from services.gateway.api.access import Known, once_whole, operation_of
from services.gateway.api.desk import desk_of
from services.gateway.api.origin import has_body
from services.gateway.clients import Ask, Away
from services.gateway.domain import routes
from services.gateway.domain.permissions import TABLE
from services.gateway.domain.refusals import AWAY, SILENT

LARGEST_UPLOAD = 1024**3

log = structlog.get_logger()


async def pass_on(_: Known, request: Request) -> Response:
    """Asks the service that owns the operation and answers with what it says."""
    try:
        asker = await once_whole(request)
        answer = await desk_of(request).services.send(await _ask(request), asker.principal)
    except Away as away:
        log.warning("service.away", service=away.service, operation=str(operation_of(request)))
        raise away_problem(away) from None
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it
    headers = routes.passed_back(answer.headers)
    if answer.body is not None:
        return Response(answer.body, status_code=answer.status, headers=headers)
    closing = BackgroundTask(answer.close)
    return StreamingResponse(answer.pieces(), answer.status, headers, background=closing)


def add_to(router: APIRouter) -> None:
    """Adds a route per row of the permission table that a service owns."""
    for method, template in TABLE:
        if routes.service_of(template):
            upload = f"{method} {template}" in routes.UPLOADS
            router.add_api_route(
                template,
                pass_on,
                methods=[method],
                include_in_schema=False,
                name=f"{method} {template}",
                max_body_size=LARGEST_UPLOAD if upload else None,
            )


async def _ask(request: Request) -> Ask:
    """The request as the service gets it: an upload in pieces, another body whole."""
    operation = operation_of(request)
    service = routes.service_of(operation.template)
    values = {name: str(value) for name, value in request.path_params.items()}
    query = request.scope["query_string"].decode("latin-1")
    target = routes.target(operation.template, values, query)
    if service is None or target is None:
        raise not_found()
    upload = str(operation) in routes.UPLOADS
    body = request.stream() if upload else await request.body()
    return Ask(
        service=service,
        operation=str(operation),
        method=operation.method,
        target=target,
        headers=routes.passed_on(request.headers),
        body=body if has_body(request) else None,
    )


def away_problem(away: Away) -> Problem:
    """The answer where a service gave none."""
    if away.unknown:
        return Problem(504, "service_silent", SILENT)
    return Problem(503, "service_away", AWAY, headers={"Retry-After": "2"})
