"""Every operation has its row, and every row is asked for: nothing is open by accident."""

import pytest
from fastapi.routing import iter_route_contexts

from libs.common.keys import PLATFORM
from services.gateway.domain import permissions, roles
from services.gateway.domain.permissions import TABLE, find, listed
from services.gateway.domain.roles import OPEN, OPERATOR, SCOPES, Role
from services.gateway.domain.tenant import reserved
from tests.gateway.house import ONE, House

FRAMEWORK = {("GET", "/openapi.json")}  # behind the door, which does not know it


def operations(house: House) -> set[tuple[str, str]]:
    return {
        (method, str(context.path))
        for context in iter_route_contexts(house.app.routes)
        for method in (getattr(context.original_route, "methods", None) or {"?"}) - {"HEAD"}
    }


def concrete(template: str) -> str:
    return permissions._PARAMETER.sub("usr_0", template)


async def test_each_operation_has_a_row_and_each_row_an_operation(house: House) -> None:
    assert operations(house) - FRAMEWORK == set(TABLE)


def test_each_scope_is_somebodys() -> None:
    assert set(TABLE.values()) <= roles.EVERY_SCOPE
    assert SCOPES[Role.AGENT] < SCOPES[Role.ADMIN]
    assert reserved(PLATFORM)


@pytest.mark.parametrize(("method", "template"), sorted(TABLE))
async def test_the_table_is_what_happens(house: House, method: str, template: str) -> None:
    """Nobody, an agent and an admin get past the door as the table says, and no further."""
    scope, path = TABLE[method, template], concrete(template)
    clients = {
        "nobody": house.client(),
        Role.AGENT: await house.signed_in(ONE, Role.AGENT),
        Role.ADMIN: await house.signed_in(ONE, Role.ADMIN),
    }
    if template == "/v1/live":
        clients = {"nobody": clients["nobody"]}  # it does not end for the others
    for who, client in clients.items():
        answer = await client.request(method, path)
        if scope == OPEN:
            assert answer.status_code not in {401, 403}
        elif scope == OPERATOR or who == "nobody":
            assert answer.status_code == 401
        else:
            allowed = scope in SCOPES[Role(who)]
            assert (answer.status_code == 403) is not allowed
            assert answer.status_code != 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/openapi.json"),
        ("GET", "/docs"),
        ("GET", "/metrics"),
        ("GET", "/v1/users/usr_0"),
        ("PUT", "/v1/users"),
        ("GET", "/v1/session/"),
        ("GET", "/v1//users"),
        ("GET", "/V1/users"),
        ("HEAD", "/v1/users"),
        ("OPTIONS", "/v1/users"),
        ("GET", "/v1/customers/1/2"),
        ("GET", "/static/../settings.py"),
        ("TRACE", "/"),
    ],
)
async def test_what_is_not_in_the_table_does_not_exist(
    house: House, method: str, path: str
) -> None:
    admin = await house.signed_in()
    answer = await admin.request(method, path)
    assert answer.status_code == 404


def test_a_template_is_found_whatever_its_parameters_are_called() -> None:
    assert listed("GET", "/v1/calls/{id}") == find("GET", "/v1/calls/abc")
    assert listed("GET", "/v1/secrets") is None
    assert find("GET", "/v1/calls/a/b") is None
