"""What is seen before one has signed in."""

from uuid import uuid4

from playwright.async_api import expect

from services.gateway.pages.policies import POLICIES
from tests.support.sights.sight import Sight, Visit

PASSWORD = "blue kettle sings at noon"


async def _wrong_password(visit: Visit) -> None:
    page = visit.page
    await visit.desk.open("/")
    await page.fill("[name=email]", f"{uuid4().hex}@example.com")
    await page.fill("[name=password]", PASSWORD)
    await page.click("#sign-in button")
    await expect(page.locator("[role=alert]")).not_to_be_empty()


async def _joined(visit: Visit) -> None:
    invited = await visit.post("/v1/users", email=f"{uuid4().hex}@example.com", role="agent")
    await visit.desk.open("/invitation")
    await expect(visit.page.locator("[role=alert]")).not_to_be_empty()
    await visit.desk.open(invited["link"])
    await expect(visit.page.locator("[role=alert]")).to_be_empty()
    await visit.page.fill("[name=name]", visit.name)
    await visit.page.fill("[name=password]", PASSWORD)
    await visit.page.click("form button")


def _policies() -> list[Sight]:
    return [
        Sight(
            f"policy {name} {version.version}",
            "/policies/{name}",
            "policy.html",
            "article h2",
            "nobody",
            at=f"/policies/{name}?version={version.version}",
            language=policy.language,
        )
        for name, policy in POLICIES.items()
        for version in policy.versions
    ]


STRANGERS = (
    Sight("sign-in", "/", "sign_in.html", "#sign-in", "nobody"),
    Sight("sign-in refused", "/", "sign_in.html", "#sign-in", "nobody", _wrong_password),
    Sight("sign-in first", "/customers", "sign_in.html", "#sign-in", "nobody"),
    Sight(
        "invitation", "/invitation", "invitation.html", "[name=name]", "nobody", at="/invitation#t"
    ),
    Sight("invitation without token", "/invitation", "invitation.html", "[name=name]", "nobody"),
    Sight("joined", "/invitation", "invitation.html", "#joined", "nobody", _joined),
    Sight("reset", "/reset", "invitation.html", "[name=password]", "nobody", at="/reset#t"),
    Sight("nowhere", "/", "refused.html", "h1", "nobody", at="/nowhere"),
    Sight("no such policy", "/policies/{name}", "refused.html", "h1", "nobody", at="/policies/no"),
    Sight("policies", "/policies", "policies.html", "main li a", "nobody"),
    *_policies(),
)
