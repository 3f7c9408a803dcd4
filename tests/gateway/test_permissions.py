"""Every operation has its row, and every row is asked for: nothing is open by accident."""

import copy

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from starlette.responses import Response

from libs.common.keys import PLATFORM
from libs.common.principal import Principal
from services.gateway.api import live
from services.gateway.api.rates import Rates
from services.gateway.clients import Ask, Away
from services.gateway.domain import permissions, roles
from services.gateway.domain.permissions import TABLE, find, listed
from services.gateway.domain.rates import Quotas
from services.gateway.domain.roles import SCOPES, Role
from services.gateway.domain.routes import service_of
from services.gateway.domain.session import IDLE
from services.gateway.domain.tenant import reserved
from tests.gateway.expected import (
    ANYONE,
    AUDITORS_CHANGES,
    EXPECTED,
    HIDDEN_FROM_AUDITORS,
    OPERATORS,
)
from tests.gateway.house import AT, ONE, PUBLIC, TWO, House, problem
from tests.gateway.programs import given, program

FRAMEWORK = {("GET", "/openapi.json")}  # behind the door, which does not know it


def operations(house: House) -> set[tuple[str, str]]:
    return {
        (method, str(context.path))
        for context in iter_route_contexts(house.app.routes)
        for method in (getattr(context.original_route, "methods", None) or {"?"}) - {"HEAD"}
    }


def concrete(template: str) -> str:
    return permissions._PARAMETER.sub("usr_0", template)


def refused(answer: httpx.Response, template: str) -> tuple[int, str]:
    """Status and code; a page says it in words, and its status alone tells."""
    if template.startswith(("/v1/", "/operator/")):
        return answer.status_code, problem(answer)
    codes = {401: "unauthenticated", 403: "forbidden"}
    return answer.status_code, codes.get(answer.status_code, "")


def asked_once(behind: "Behind", own: Principal, template: str) -> bool:
    return behind.asked == ([own] if service_of(template) else [])


async def test_each_operation_has_a_row_and_each_row_an_operation(house: House) -> None:
    assert operations(house) - FRAMEWORK == set(TABLE)


def test_each_scope_is_somebodys() -> None:
    assert set(TABLE.values()) <= roles.EVERY_SCOPE
    assert SCOPES[Role.AGENT] < SCOPES[Role.ADMIN]
    assert reserved(PLATFORM)


class Behind:
    """The services behind, of whom it is only seen who asked."""

    def __init__(self) -> None:
        self.asked: list[Principal] = []

    async def send(self, ask: Ask, principal: Principal) -> None:
        self.asked.append(principal)
        raise Away(ask.service, unknown=False)


@pytest.fixture
def behind(house: House, monkeypatch: pytest.MonkeyPatch) -> Behind:
    """Away, all of them; and a live stream that ends at once."""
    seen = Behind()
    monkeypatch.setattr(house.desk.services, "send", seen.send)
    monkeypatch.setattr(live, "_Seated", lambda *_, **__: Response())
    return seen


def test_of_each_operation_is_said_for_whom_it_is() -> None:
    assert {f"{method} {template}" for method, template in TABLE} == EXPECTED.keys()


@pytest.mark.parametrize(("method", "template"), sorted(TABLE))
async def test_the_table_is_what_happens(
    house: House, behind: Behind, method: str, template: str
) -> None:
    """People of two agencies and nobody get past the door as expected, and no further."""
    expected, path = EXPECTED[f"{method} {template}"], concrete(template)
    people = [await house.account(tenant, role) for tenant in (ONE, TWO) for role in Role]
    for person in people:
        behind.asked.clear()
        answer = await house.visitor(person).request(method, path)
        if expected == OPERATORS:
            assert (answer.status_code, problem(answer)) == (401, "unauthenticated")
        elif expected == ANYONE or person.role in expected:
            assert answer.status_code not in {401, 403}
            scopes = SCOPES[person.role]
            own = Principal(person.tenant, person.id, person.role.value, scopes)
            pages = not template.startswith("/v1/")
            assert set(behind.asked) <= {own} if pages else asked_once(behind, own, template)
        else:
            assert refused(answer, template) == (403, "forbidden")
            assert not behind.asked


@pytest.mark.parametrize(("method", "template"), sorted(TABLE))
async def test_who_is_not_signed_in_gets_what_is_everybodys(
    house: House, behind: Behind, method: str, template: str
) -> None:
    """Without a session, with one that ran out, with one that was ended, with a made up one."""
    admin = await house.account(role=Role.ADMIN)
    revoked, before = house.visitor(admin), set(house.data.sessions)
    for session in before:
        del house.data.sessions[session]
    strangers = {
        "nobody": house.client(),
        "idle": house.visitor(admin, AT - IDLE),
        "revoked": revoked,
        "made up": house.client(Cookie=f"sid={'x' * 43}"),
        "a digest": house.client(Cookie=f"sid={next(iter(before))}"),
    }
    for who, client in strangers.items():
        answer = await client.request(method, concrete(template))
        if EXPECTED[f"{method} {template}"] == ANYONE:
            assert answer.status_code not in {401, 403}, who
        else:
            assert refused(answer, template) == (401, "unauthenticated"), who
    assert not behind.asked


@pytest.mark.parametrize(
    ("method", "template"),
    sorted(row for row in TABLE if "{" in row[1] and row[1].startswith("/v1/")),
)
async def test_an_id_of_another_agency_is_an_id_that_nobody_has(
    house: House, behind: Behind, method: str, template: str
) -> None:
    """Of what the gateway owns; a service behind hears whose agency it is that asks."""
    theirs = await house.account(ONE, Role.AGENT)
    house.visitor(theirs)
    (session,) = house.data.sessions.values()
    given(house, tenant=ONE)
    (key,) = house.data.keys
    ids = {"user_id": theirs.id, "session_id": session.name, "key_id": key}
    ids |= {"webhook_id": "whk_1", "delivery_id": "whd_1"}  # see test_api_webhooks for real ones
    for role in Role:
        stranger = await house.account(TWO, role)
        if service_of(template):
            await house.visitor(stranger).request(method, concrete(template))
            assert {principal.tenant for principal in behind.asked} <= {TWO}
            continue
        answers = [
            await house.visitor(stranger).request(
                method, template.format(**named), json={"disabled": True}
            )
            for named in (ids, dict.fromkeys(ids, "usr_0"))
        ]
        allowed = role in EXPECTED[f"{method} {template}"]
        assert {answer.status_code for answer in answers} == {404 if allowed else 403}
        assert answers[0].content == answers[1].content
    assert session.id in house.data.sessions
    assert house.data.accounts[theirs.id] == theirs
    assert house.data.keys[key].revoked_at is None


def kept(house: House) -> dict[str, object]:
    """All that is stored; a table that was only looked into holds nothing."""
    tables = {name: rows for name, rows in house.data.tables._rows.items() if rows}
    return {**vars(house.data), "tables": tables}


FOREIGN: tuple[dict[str, str], ...] = (
    {},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": f"{PUBLIC}.evil.example"},
    {"Origin": PUBLIC, "Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)


@pytest.mark.parametrize(("method", "template"), sorted(row for row in TABLE if row[0] != "GET"))
async def test_nothing_is_changed_from_a_foreign_page(
    house: House, behind: Behind, method: str, template: str
) -> None:
    """A forged request carries the session's cookie; an operator's token it cannot carry."""
    admin = house.visitor(await house.account())
    del admin.headers["Origin"]
    before = copy.deepcopy(kept(house))
    for headers in FOREIGN:
        answer = await admin.request(method, concrete(template), headers=headers, json={})
        if EXPECTED[f"{method} {template}"] == OPERATORS:
            assert (answer.status_code, problem(answer)) == (401, "unauthenticated"), headers
        else:
            assert (answer.status_code, problem(answer)) == (403, "foreign_origin"), headers
        assert "set-cookie" not in answer.headers
    assert kept(house) == before
    assert not behind.asked
    assert not house.units.noted


def test_an_auditor_reads_and_changes_nothing() -> None:
    theirs = {
        f"{method} {template}" for (method, template), scope in TABLE.items()
        if scope in SCOPES[Role.AUDITOR]
    }  # fmt: skip
    assert {name for name in theirs if not name.startswith("GET ")} == AUDITORS_CHANGES
    paths = {name.partition(" ")[2] for name in theirs}
    assert not [path for path in paths if path.startswith(HIDDEN_FROM_AUDITORS)]
    assert {"/v1/audit", "/v1/privacy/data-map", "/v1/users"} <= paths
    assert SCOPES[Role.AUDITOR] < SCOPES[Role.ADMIN]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/openapi.json"),
        ("GET", "/docs"),
        ("GET", "/metrics"),
        ("GET", "/v1/session/"),
        ("GET", "/v1//users"),
        ("GET", "/V1/users"),
        ("GET", "/v1/customers/1/2"),
        ("GET", "/static/../settings.py"),
        ("PUT", "/v1/secrets"),
        ("PUT", "/operator/v1/tenants"),
    ],
)
async def test_what_is_not_in_the_table_does_not_exist(
    house: House, method: str, path: str
) -> None:
    admin = await house.signed_in()
    answer = await admin.request(method, path)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/v1/users", "GET, POST"),
        ("HEAD", "/v1/users", "GET, POST"),
        ("OPTIONS", "/v1/users", "GET, POST"),
        ("GET", "/v1/users/usr_0", "PATCH"),
        ("DELETE", "/v1/messages/msg_1", "GET"),
        ("PATCH", "/customers", "GET"),
    ],
)
async def test_a_path_tells_its_methods_to_whom_it_is_open(
    house: House, behind: Behind, method: str, path: str, allow: str
) -> None:
    admin = house.visitor(await house.account())
    told = await admin.request(method, path)
    assert (told.status_code, told.headers["allow"]) == (405, allow)
    assert method == "HEAD" or problem(told) == "method_not_allowed"
    assert '"user"' in told.headers["ratelimit"]
    unknown = await house.client().request(method, "/v1/none")
    strangers = (house.client(), house.client(Cookie="sid=x"), program(house, "ink_live_x"))
    for stranger in (*strangers, given(house, "audit:read")):
        answer = await stranger.request(method, path)
        assert (answer.status_code, answer.content) == (404, unknown.content)
        assert "allow" not in answer.headers
    assert not behind.asked


async def test_a_path_tells_no_method_that_is_not_ones_own(house: House) -> None:
    agent = house.visitor(await house.account(role=Role.AGENT))
    assert (await agent.put("/v1/users")).status_code == 404
    told = await agent.patch("/v1/customers")
    assert (told.status_code, told.headers["allow"]) == (405, "GET")
    reader = await given(house, "customers:read").put("/v1/customers")
    assert (reader.status_code, reader.headers["allow"]) == (405, "GET")
    assert '"key"' in reader.headers["ratelimit"]


async def test_what_is_open_to_all_tells_all(house: House) -> None:
    for method, path in (("TRACE", "/"), ("POST", "/policies")):
        answer = await house.client().request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    signing = await house.client().put("/v1/session")
    assert (signing.status_code, signing.headers["allow"]) == (405, "POST")


async def test_asking_by_other_methods_is_counted(house: House) -> None:
    house.desk.rates = Rates(Quotas(address=2))
    answers = [await house.client().put("/v1/users") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert problem(answers[-1]) == "rate_limited"


def test_a_template_is_found_whatever_its_parameters_are_called() -> None:
    assert listed("GET", "/v1/calls/{id}") == find("GET", "/v1/calls/abc")
    assert listed("GET", "/v1/secrets") is None
    assert find("GET", "/v1/calls/a/b") is None
