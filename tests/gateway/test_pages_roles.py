"""Each role walks through the whole console: all it is led to works, and offers what it may."""

import json
import re
from typing import Any, ClassVar

import httpx
import pytest

from libs.common.principal import Principal
from services.gateway.clients import Ask
from services.gateway.domain.permissions import TABLE, find
from services.gateway.domain.roles import OPEN, SCOPES, SESSION, Role
from services.gateway.pages.navigation import places
from services.gateway.pages.texts import texts_in
from tests.gateway.house import ONE, House
from tests.gateway.test_api_webhooks import made
from tests.gateway.test_pages import Read

ONE_REQUEST = "/v1/privacy/requests/{request_id}"
CUSTOMER: dict[str, Any] = {
    "id": "cus_1", "restricted": False, "external_id": "IQ-1", "name": "Ada Brightwater",
    "email": None, "status": "active", "renewal_on": "2026-06-01", "customer_since": None,
    "last_contact": None, "lawful_basis": "contract", "updated_at": "2026-05-01T10:00:00Z",
    "numbers": [{"e164": "+12125550100", "subject": "s1", "label": "phone", "extension": None}],
    "language": None, "version": 3, "origin": "api",
}  # fmt: skip
REQUEST: dict[str, Any] = {
    "id": "req_1", "kind": "access", "status": "received", "number": "+1•••••0100",
    "channel": "oral", "received_at": "2026-05-18T10:00:00Z", "due_at": "2026-06-18T10:00:00Z",
    "target_at": "2026-06-10T10:00:00Z", "verified": None, "awaiting": [], "holders": [],
    "extended": None, "refused": None, "closed_at": None, "erasure": None, "customers": None,
}  # fmt: skip
IMPORT: dict[str, Any] = {
    "id": "imp_1", "source": "a list", "state": "finished", "started_at": "2026-05-18T10:00:00Z",
    "lawful_basis": "contract", "rows": 2, "created": 1, "updated": 0, "unchanged": 0,
    "repeated": 0, "rejected": 1, "unknown_columns": [], "advice": [],
}  # fmt: skip
FAULT = {"line": 2, "column": "phone", "value": "12", "explanation": "This is too short."}
ENTRY: dict[str, Any] = {
    "sequence": 1, "time": "2026-05-18T10:00:00Z", "action": "access.read", "actor": "user:usr_1",
    "outcome": "done", "reason": None, "object": "users", "facts": {"documents": 1},
}  # fmt: skip
SIGNED = {"size": 1, "at": "2026-05-18T10:00:00Z", "root": "ab" * 32}


def listed(*rows: object) -> dict[str, object]:
    return {"data": rows, "next_cursor": None}


SAID: dict[str, Any] = {
    "GET /v1/customers": listed(CUSTOMER),
    "GET /v1/customers/{customer_id}": CUSTOMER,
    "GET /v1/consents/{subject}": {"state": {"permissions": [], **dict.fromkeys(
        ("suppressed", "suspected", "objected", "restricted"), False)}},
    "GET /v1/calls": listed(),
    "GET /v1/conversations/{subject}": {"messages": []},
    "GET /v1/imports": listed(IMPORT),
    "GET /v1/imports/{import_id}": IMPORT,
    "GET /v1/imports/{import_id}/errors": listed(FAULT),
    "GET /v1/privacy/requests": listed(REQUEST),
    f"GET {ONE_REQUEST}": REQUEST,
    "GET /v1/audit": listed(ENTRY),
    "GET /v1/audit/checkpoints": listed(SIGNED),
}  # fmt: skip

FORMS: dict[str, tuple[str, str]] = {
    "find": ("POST", "/v1/customers:find"),
    "upload": ("POST", "/v1/imports"),
    "request-new": ("POST", "/v1/privacy/requests"),
    "invite": ("POST", "/v1/users"),
    "reset-link": ("POST", "/v1/users/{user_id}:reset"),
    "correct": ("PUT", "/v1/customers/{customer_id}"),
    "password": ("POST", "/v1/session:change-password"),
    "answer": ("POST", "/v1/messages"),
    "key-new": ("POST", "/v1/keys"),
    "webhook-new": ("POST", "/v1/webhooks"),
    "webhook-change": ("PATCH", "/v1/webhooks/{webhook_id}"),
}
"""What a form asks for, by its id; forms of requests name a verb, and those of users none."""
BUTTONS: dict[str, tuple[str, str]] = {
    "sign-out": ("DELETE", "/v1/session"),
    "end-others": ("POST", "/v1/sessions:end-others"),
    "end-all": ("DELETE", "/v1/sessions/{session_id}"),
    "end": ("DELETE", "/v1/sessions/{session_id}"),
    "close": ("GET", "/"),
    "older": ("GET", "/v1/conversations/{subject}"),
    "write": ("GET", "/v1/conversations/{subject}"),
    "copy": ("POST", "/v1/users"),
}
"""What a button outside of forms asks for, by its id or class; those of consent name an action."""


class Said:
    """An answer of a service behind."""

    status = 200
    headers: ClassVar[dict[str, str]] = {"etag": '"as-read"'}

    def __init__(self, body: object) -> None:
        self._body = json.dumps(body).encode()

    async def whole(self, _: str) -> bytes:
        return self._body


@pytest.fixture
def answering(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Services that have one of each thing, and refuse who may not ask, as they do."""

    async def send(ask: Ask, principal: Principal) -> Said:
        method, template = ask.operation.split(" ")
        assert TABLE[method, template] in principal.scopes, "a page asked for what is refused"
        return Said(SAID[ask.operation])

    monkeypatch.setattr(house.desk.services, "send", send)
    return house


def asked_by(page: Read) -> set[tuple[str, str]]:
    """The operations that forms and buttons of a page ask for."""
    alone = [one for one in page.all("button") if one.get("type") == "button"]
    apart = [one for one in alone if one.get("name") != "shut"]  # that one is of its form
    forms = [one for one in page.all("form") if one.get("method") != "dialog"]
    return {*map(of_form, forms), *map(of_button, apart)}


def of_form(form: dict[str, str | None]) -> tuple[str, str]:
    if form.get("data-verb"):
        return "POST", f"{ONE_REQUEST}:{form['data-verb']}"
    if form.get("action"):
        return "GET", str(form["action"])
    return FORMS[str(form["id"])] if form.get("id") else ("PATCH", "/v1/users/{user_id}")


def of_button(button: dict[str, str | None]) -> tuple[str, str]:
    if button.get("data-deed"):
        deed = find(str(button.get("data-method") or "POST"), str(button["data-path"]))
        assert deed is not None, button
        return deed.method, deed.template
    if button.get("data-action"):
        return "POST", "/v1/consents"
    if button.get("data-verdict"):
        return "PUT", "/v1/insights/{insight_id}/feedback"
    return BUTTONS[str(button.get("class") or button.get("id"))]


def led_to(page: Read) -> set[str]:
    """The scopes of what the links of a page open."""
    paths = {str(link["href"]).partition("?")[0] for link in page.all("a")}
    found = {path: find("GET", path) for path in paths if path.startswith("/")}
    assert all(found.values()), found
    return {operation.scope for operation in found.values() if operation}


PAGES = sorted(
    template
    for (method, template), scope in TABLE.items()
    if method == "GET" and scope != OPEN and not template.startswith(("/v1/", "/operator/"))
)


def concrete(template: str, user: str, hook: str = "whk_0") -> str:
    ids = {"customer_id": "cus_1", "import_id": "imp_1", "request_id": "req_1"}
    return template.format(**ids, user_id=user, webhook_id=hook)


@pytest.mark.parametrize("role", list(Role))
async def test_each_place_works_and_offers_what_the_role_may(answering: House, role: Role) -> None:
    """Walked from the first page, by every way of the navigation, to the pages behind it."""
    other = await answering.account(ONE, Role.AGENT)
    admin = await answering.signed_in(ONE, Role.ADMIN)
    hook = (await made(admin, url="https://1.1.1.1/hook"))["id"]
    client, scopes = await answering.signed_in(ONE, role), SCOPES[role]
    walked = {place.path for place in places(scopes)} | {"/account"}
    walked |= {
        concrete(page, other.id, hook)
        for page in PAGES
        if "{" in page and TABLE["GET", page] in scopes
    }
    for path in sorted(walked):
        answer = await client.get(path)
        assert answer.status_code == 200, path
        page = Read(answer.text)
        assert not page.inline
        asked = {TABLE[row] for row in asked_by(page)} - {OPEN}
        assert asked <= scopes, (path, asked - scopes)
        opened = led_to(page) - {OPEN}
        assert opened <= scopes, (path, opened - scopes)
        ways = {link["href"] for link in page.all("a")}
        assert {place.path for place in places(scopes)} <= ways


@pytest.mark.parametrize("role", list(Role))
async def test_every_other_page_is_refused_in_words(answering: House, role: Role) -> None:
    client, scopes = await answering.signed_in(ONE, role), SCOPES[role]
    others = [page for page in PAGES if TABLE["GET", page] not in scopes]
    for template in others:
        answer = await client.get(concrete(template, "usr_0"))
        assert answer.status_code == 403, template
        assert texts_in("en")["error_forbidden"] in answer.text
        page = Read(answer.text)
        assert page.all("form") == []
        assert led_to(page) - {OPEN} <= scopes
        assert {place.path for place in places(scopes)} <= {link["href"] for link in page.all("a")}
        back = re.findall(r'<p><a href="([^"]+)"', answer.text)
        assert back == [places(scopes)[0].path]
    assert bool(others) == (role is not Role.ADMIN)


@pytest.mark.parametrize(
    ("role", "first", "word"),
    [
        (Role.ADMIN, "/", "live"),
        (Role.AGENT, "/", "live"),
        (Role.AUDITOR, "/requests", "requests"),
    ],
)
async def test_whoever_signs_in_comes_to_the_first_page_that_is_theirs(
    answering: House, role: Role, first: str, word: str
) -> None:
    client = await answering.signed_in(ONE, role)
    begun: httpx.Response = await client.get("/")
    assert begun.headers.get("location", "/") == first
    page = await client.get(first)
    assert page.status_code == 200
    assert f'<a href="{first}" aria-current="page">{texts_in("en")[word]}</a>' in page.text


def test_who_may_take_a_request_is_led_to_the_requests_and_nobody_else() -> None:
    """An Agent writes down what a person asks for; an Auditor looks at how it was answered."""
    for role in Role:
        led = "/requests" in [place.path for place in places(SCOPES[role])]
        assert led == (TABLE["GET", "/requests"] in SCOPES[role])
    assert TABLE["POST", "/v1/privacy/requests"] in SCOPES[Role.AGENT]
    assert SESSION in SCOPES[Role.AUDITOR]


async def test_an_auditor_looks_at_a_request_and_does_nothing_about_it(answering: House) -> None:
    auditor = await answering.signed_in(ONE, Role.AUDITOR)
    page = Read((await auditor.get("/requests/req_1")).text)
    assert page.all("form") == []
    agent = await answering.signed_in(ONE, Role.AGENT)
    page = Read((await agent.get("/requests/req_1")).text)
    assert [form["data-verb"] for form in page.all("form")] == ["send-code", "verify"]
    admin = await answering.signed_in(ONE, Role.ADMIN)
    page = Read((await admin.get("/requests/req_1")).text)
    verbs = ["send-code", "verify", "attest", "extend", "refuse"]
    assert [form["data-verb"] for form in page.all("form")] == verbs


async def test_a_correction_begins_with_the_record_as_it_was_read(answering: House) -> None:
    admin = await answering.signed_in(ONE, Role.ADMIN)
    page = Read((await admin.get("/customers/cus_1")).text)
    (form,) = [form for form in page.all("form") if form["id"] == "correct"]
    assert form["data-version"] == '"as-read"'
    held = {field["name"]: field.get("value") for field in page.all("input")}
    assert held["name"] == "Ada Brightwater"
    assert held["renewal_on"] == "2026-06-01"
    assert (held["number-1"], held["number-2"]) == ("+12125550100", "")
    agent = await answering.signed_in(ONE, Role.AGENT)
    assert Read((await agent.get("/customers/cus_1")).text).all("form") == []
