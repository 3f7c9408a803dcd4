"""What the services serve and what the gateway's table says is one and the same."""

from importlib import import_module
from typing import Any

import pytest

from libs.common import web
from services.gateway.domain import routes
from services.gateway.domain.openapi import merge
from services.gateway.domain.permissions import TABLE, listed
from tests.gateway.house import House

BEHIND = sorted(set(routes.SERVICES.values()))


def document(service: str) -> dict[str, Any]:
    api = import_module(f"services.{service}.api")
    routers = api.ROUTERS if hasattr(api, "ROUTERS") else (api.router,)
    return web.create_app(service, routers, version="1").openapi()


def operations(service: str) -> dict[tuple[str, str], dict[str, Any]]:
    """What it serves to agencies; operators come to it by a door of their own."""
    return {
        (method.upper(), path): operation
        for path, item in document(service)["paths"].items()
        for method, operation in item.items()
        if path.startswith("/v1/")
    }


@pytest.mark.parametrize("service", BEHIND)
def test_each_operation_is_passed_on_under_the_scope_that_the_service_asks_for(
    service: str,
) -> None:
    served = operations(service)
    rows = {row for row in TABLE if routes.service_of(row[1]) == service}
    assert set(served) == rows
    for row, operation in served.items():
        (needed,) = operation["security"][0].values()
        assert needed == [TABLE[row]]


async def test_the_whole_document_is_sound(house: House) -> None:
    documents = {name: document(name) for name in BEHIND}
    merged: Any = merge({"gateway": house.app.openapi(), **documents}, listed, "sid")
    text = str(merged)
    for reference in {part.split("'")[0] for part in text.split("#/components/schemas/")[1:]}:
        assert reference in merged["components"]["schemas"]
    names = [op["operationId"] for item in merged["paths"].values() for op in item.values()]
    assert len(names) == len(set(names))
    shown = {(m.upper(), path) for path, item in merged["paths"].items() for m in item}
    assert shown == {row for row, scope in TABLE.items() if row[1].startswith("/v1/")}
