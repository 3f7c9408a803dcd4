"""The one way to make a service's HTTP application."""

import warnings
from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.types import ASGIApp

from libs.common.web import document, problems
from libs.common.web.conditional import Conditional
from libs.common.web.observe import Observed

MAX_BODY = 256 * 1024


def create_app(
    name: str,
    routers: Iterable[APIRouter],
    *,
    version: str,
    max_body: int = MAX_BODY,
    public: bool = False,
) -> FastAPI:
    """An application with problems for errors, body limits, a span and metrics per request.

    Args:
        name: the service.
        routers: its operations; the name of each function is its `operationId`.
        version: of the API, in the OpenAPI document.
        max_body: bytes; a route with uploads sets `max_body_size` of its own.
        public: a door to the outside: no `/openapi.json`, and no trace of a caller is continued.

    Raises:
        ValueError: two operations have one name.
    """
    app = _Application(
        title=name,
        version=version,
        openapi_url=None if public else "/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        max_body_size=max_body,
        generate_unique_id_function=_name_of,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        public=public,
    )
    problems.install(app)
    for router in routers:
        app.include_router(router)
    try:
        app.openapi()
    except UserWarning as duplicate:
        raise ValueError(f"{duplicate}: an operation is known by its function's name") from None
    return app


class _Application(FastAPI):
    def __init__(self, *, public: bool, **options: Any) -> None:
        super().__init__(**options)
        self._public = public

    def build_middleware_stack(self) -> ASGIApp:
        inner = Conditional(super().build_middleware_stack())
        return Observed(inner, self, trusted=not self._public)

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            with warnings.catch_warnings():
                warnings.filterwarnings("error", "Duplicate Operation ID")
                self.openapi_schema = document.complete(super().openapi())
        return self.openapi_schema


def _name_of(route: APIRoute) -> str:
    return route.name
