"""Requests of people, the agency's own people, its usage, and its trail."""

from typing import Any
from uuid import uuid4

from playwright.async_api import expect

from tests.support.platform import until
from tests.support.sights.sight import Sight, Visit

PATH = "/v1/privacy/requests"
ATTEST = {"how": "in_person", "reason": "Showed a passport."}
WHY = "Our records are many, and some of them lie with a colleague who is away until Sunday."
_ONE = "/requests/{request_id}"


async def asked(visit: Visit, kind: str) -> Any:
    """A request of somebody new."""
    number = visit.number()
    await visit.customer(number)
    return await visit.post(PATH, kind=kind, number=number, channel="oral")


async def _shared(visit: Visit) -> str:
    """A number that two have."""
    number = visit.number()
    for name in (visit.name, visit.name[::-1]):
        await visit.post(
            "/v1/customers", name=name, numbers=[{"number": number}], lawful_basis="contract"
        )
    return number


async def _several(visit: Visit) -> None:
    """It is asked which of two a request is of."""
    number = await _shared(visit)
    await visit.desk.open("/requests")
    await visit.page.fill("#number", number)
    await visit.page.click("#request-new > button")
    await expect(visit.page.locator("#whose label")).to_have_count(2)


async def _unnamed(visit: Visit) -> None:
    """Two have the number of a request that says nothing of it, and neither is ticked."""
    number = await _shared(visit)
    request = await visit.post(PATH, kind="access", number=number, channel="oral")
    await visit.post(f"{PATH}/{request['id']}:attest", **ATTEST)

    async def asked_back() -> bool:
        return bool((await visit.admin.http.get(f"{PATH}/{request['id']}")).json()["holders"])

    await until(asked_back, 30)
    await visit.desk.open("/requests")
    await visit.desk.open(f"/requests/{request['id']}")
    await visit.page.click("[data-verb=name] button")
    await expect(visit.page.locator("#whose-error")).to_be_visible()


async def _then(visit: Visit, kind: str, verb: str = "", **body: Any) -> str:
    request = await asked(visit, kind)
    if verb:
        await visit.post(f"{PATH}/{request['id']}:{verb}", **body)
    await visit.desk.open(f"/requests/{request['id']}")
    return str(request["id"])


async def _received(visit: Visit) -> None:
    await _then(visit, "access")
    await visit.page.click("[data-verb=verify] button")
    await expect(visit.page.locator("#code-error")).to_be_visible()


async def _code_sent(visit: Visit) -> None:
    await _then(visit, "access")
    await visit.page.click("[data-verb=send-code] button")
    await expect(visit.page.locator("#sent time")).to_be_visible()


async def _extended(visit: Visit) -> None:
    await _then(visit, "objection", "extend", reason=WHY)


async def _refused(visit: Visit) -> None:
    await _then(visit, "restriction", "refuse", ground="unfounded", sentence=WHY)


async def _ready(visit: Visit) -> None:
    request = await _then(visit, "access", "attest", **ATTEST)

    async def made() -> bool:
        told = (await visit.admin.http.get(f"{PATH}/{request}")).json()
        return bool(told["status"] == "ready")

    await until(made, 30)
    await visit.desk.open("/requests")
    await visit.desk.open(f"/requests/{request}")


async def _certificate(visit: Visit) -> None:
    async def done() -> bool:
        told = (await visit.admin.http.get(f"{PATH}/{visit.leaving}")).json()
        return bool(told["status"] == "completed")

    await until(done, 90)
    await visit.desk.open(f"/requests/{visit.leaving}")


async def _invited(visit: Visit) -> None:
    await visit.desk.open("/users")
    await visit.page.fill("#email", f"{uuid4().hex}@example.com")
    await visit.page.click("#invite button")


async def _nobody_invited(visit: Visit) -> None:
    await visit.desk.open("/users")
    await visit.page.click("#invite button")


async def _last_admin(visit: Visit) -> None:
    await visit.desk.open("/users")
    await visit.page.locator("[name=shut]").first.click()
    await expect(visit.page.locator("td .problem").first).not_to_be_empty()


OFFICE = (
    Sight("requests", "/requests", "requests.html", "#request-new"),
    Sight(
        "requests, every", "/requests", "requests.html", "#list-title", at="/requests?every=true"
    ),
    Sight("requests, none", "/requests", "requests.html", "#request-new", "newcomer"),
    Sight(
        "a number of several", "/requests", "requests.html", "#whose #whose-error", reach=_several
    ),
    Sight("a request without a name", _ONE, "request.html", "#whose #whose-error", reach=_unnamed),
    Sight("a request", _ONE, "request.html", "#code-error", reach=_received),
    Sight("a code is sent", _ONE, "request.html", "#sent", reach=_code_sent),
    Sight("a request extended", _ONE, "request.html", "#standing", reach=_extended),
    Sight("a request refused", _ONE, "request.html", "#standing", reach=_refused),
    Sight("a package is ready", _ONE, "request.html", "a.button[download]", reach=_ready),
    Sight("a certificate", _ONE, "request.html", "#certificate", reach=_certificate),
    Sight("users", "/users", "users.html", "#users"),
    Sight("a user invited", "/users", "users.html", "#invited", reach=_invited),
    Sight("nobody invited", "/users", "users.html", "#email-error", reach=_nobody_invited),
    Sight("the last admin", "/users", "users.html", "#users", "newcomer", _last_admin),
    Sight("not allowed", "/users", "refused.html", "h1", "agent"),
    Sight("usage", "/usage", "usage.html", "#list-title"),
    Sight(
        "usage, none", "/usage", "usage.html", "form", at="/usage?since=2020-01-01&until=2020-01-02"
    ),
    Sight("a wrong link", "/usage", "refused.html", "h1", at="/usage?since=yesterday"),
    Sight("audit", "/audit", "audit.html", "#list-title"),
    Sight("audit, none", "/audit", "audit.html", "#bundle-title", at="/audit?action=nothing"),
    Sight("audit, nothing signed", "/audit", "audit.html", "#bundle-title", "newcomer"),
)
