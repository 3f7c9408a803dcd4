"""Liveness, readiness and metrics, on a port that nobody outside reaches."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Gauge, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

READY_LIMIT_S = 2.0

READY = Gauge("service_ready", "1 while the process can do its work.", ["component"])

_log = structlog.get_logger(__name__)


def create_admin(
    name: str, live: Callable[[], list[str]], ready: Callable[[], Awaitable[list[str]]]
) -> Starlette:
    """Serves `/livez`, `/readyz` and `/metrics`, of which `?name[]=` asks for single ones.

    Args:
        name: the service's own, which the metric of readiness carries.
        live: reasons why only a restart helps; none while the process makes progress.
        ready: reasons why no work should be sent now. Plain sentences, nothing personal.
    """

    async def livez(_: Request) -> Response:
        return _health(live())

    async def readyz(_: Request) -> Response:
        return _health(await _ask(ready))

    async def metrics(request: Request) -> Response:
        names = request.query_params.getlist("name[]")
        if not names:  # who asks for single ones asks often
            READY.labels(name).set(not await _ask(ready))
        asked = REGISTRY.restricted_registry(names) if names else REGISTRY
        return Response(generate_latest(asked), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", metrics)]
    )


async def _ask(ready: Callable[[], Awaitable[list[str]]]) -> list[str]:
    try:
        async with asyncio.timeout(READY_LIMIT_S):
            return await ready()
    except TimeoutError:
        return [f"the readiness check took more than {READY_LIMIT_S:g} s"]
    except Exception as error:  # noqa: BLE001 - a failing check is a reason, not a crash
        _log.warning("readiness.failed", error=type(error).__qualname__)
        return [f"the readiness check failed with {type(error).__qualname__}"]


def _health(reasons: list[str]) -> Response:
    return JSONResponse({"reasons": reasons}, status_code=503 if reasons else 200)
