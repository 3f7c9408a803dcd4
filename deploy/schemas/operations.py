"""The operations that services serve, and whether the gateway's table has each of them."""

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from fastapi import APIRouter
from fastapi.routing import APIRoute, iter_route_contexts

from libs.common.service import dead
from libs.common.web import create_app
from services.gateway.api.proxy import pass_on
from services.gateway.domain.permissions import TABLE
from services.gateway.domain.routes import SERVICES, service_of

GATEWAY = "gateway"
Row = tuple[str, str]

_TABLE = "services/gateway/domain/permissions.py"


@dataclass(frozen=True)
class Operation:
    """A method and a path of a service, with what answers it."""

    method: str
    path: str
    route: APIRoute

    @property
    def row(self) -> Row:
        """As the gateway's table has it."""
        return self.method, self.path


@cache
def of(service: str) -> tuple[Operation, ...]:
    """All of a service, with its pages."""
    return tuple(_of(service))


def routers_of(service: str) -> list[APIRouter]:
    """What the service serves, with its pages."""
    api = importlib.import_module(f"services.{service}.api")
    routers = [*getattr(api, "ROUTERS", ())] or [api.router]
    if service == GATEWAY:
        routers.append(importlib.import_module("services.gateway.pages").router)
        routers.append(dead.router)  # whoever consumes has it; here it is behind the door
    return routers


def _of(service: str) -> Iterator[Operation]:
    routers = routers_of(service)
    for context in iter_route_contexts(create_app(service, routers, version="1").routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            for method in sorted(route.methods or ()):
                yield Operation(method, str(context.path), route)


def faults() -> list[str]:
    """A sentence per operation that has no row, and per row that nobody serves."""
    return [f"{_TABLE}: {fault}" for fault in differing(TABLE, served())]


def differing(table: Mapping[Row, str], there: set[Row]) -> list[str]:
    """The same for a table and operations that are given."""
    rows = set(table)
    found = [f"{method} {path} is served, and has no row" for method, path in there - rows]
    found += [f"{method} {path} has a row, and is not served" for method, path in rows - there]
    return sorted(found)


def served() -> set[Row]:
    """What agencies and operators come to by way of the gateway, and its own."""
    own = {each.row for each in of(GATEWAY) if each.route.endpoint is not pass_on}
    behind = {each.row for service in set(SERVICES.values()) for each in of(service)}
    return own | {row for row in behind if service_of(row[1])}
