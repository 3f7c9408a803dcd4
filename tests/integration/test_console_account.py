"""One's own account in a real browser, and what an Admin does for those who work there."""

from uuid import uuid4

import pytest
from playwright.async_api import expect

from tests.support.browser import Desk, Desks
from tests.support.platform import SA, US

pytestmark = pytest.mark.timeout(240)

FIRST, SECOND = "blue kettle sings at noon", "seven grey herons over water"


@pytest.mark.parametrize("tenant", [US, SA])
async def test_ones_own_page_can_be_used_by_everybody(desks: Desks, tenant: str) -> None:
    async with desks.desk(tenant, "agent") as desk:
        await desk.page.click(".account")
        await expect(desk.page.locator(".account")).to_have_attribute("aria-current", "page")
        await expect(desk.page.locator("[data-this]")).to_have_count(1)
        await desk.accessible("/account")


async def test_a_password_is_changed_sessions_are_ended_and_a_link_is_made(desks: Desks) -> None:
    async with desks.desk(US, "admin") as admin, desks.desk(US) as mine:
        login = await _joined(admin)
        await mine.open("/")
        await mine.sign_in(login)
        page = mine.page
        await mine.open("/account")
        for old, new, again, field in (
            ("a wrong one entirely", SECOND, SECOND, "old_password"),
            (FIRST, SECOND, f"{SECOND}s", "repeated"),
            (FIRST, "aaaaaaaaaaaaaa", "aaaaaaaaaaaaaa", "new_password"),
        ):
            await _fill(mine, old, new, again)
            await expect(page.locator(f"#{field}-error")).to_be_visible()
            await expect(page.locator(f"#{field}")).to_be_focused()
        await mine.accessible("a password that is refused")
        await _fill(mine, FIRST, SECOND, SECOND)
        await expect(page.locator("#changed")).to_be_focused()
        await expect(page.locator("[data-this]")).to_have_count(1)

        desk = admin.page
        await admin.open("/users")
        await admin.accessible("the users, and when they were at work")
        await desk.locator("[data-user]", has_text=login["email"]).locator("th a").click()
        await admin.accessible("a user")
        await desk.locator("#reset-link button").click()
        await expect(desk.locator("#reset-shown")).to_be_focused()
        assert "/reset#" in await desk.input_value("#link")
        await admin.accessible("a link that is shown once")
        await desk.locator("[data-session] .end").click()
        await expect(desk.locator("[data-session]")).to_have_count(0)
        await expect(desk.locator("#sessions-title")).to_be_focused()
        await mine.open("/account")
        await expect(page.locator("#sign-in")).to_be_visible()


async def _fill(desk: Desk, old: str, new: str, again: str) -> None:
    await desk.page.fill("#old_password", old)
    await desk.page.fill("#new_password", new)
    await desk.page.fill("#repeated", again)
    await desk.page.click("#password button")


async def _joined(admin: Desk) -> dict[str, str]:
    """Somebody new, as whom nobody else signs in."""
    email = f"{uuid4().hex}@example.com"
    origin = {"Origin": "/".join(admin.page.url.split("/")[:3])}
    invited = {"email": email, "role": "agent"}
    made = await admin.page.request.post("/v1/users", data=invited, headers=origin)
    token = (await made.json())["token"]
    accepted = {"token": token, "name": "Odile Marchbank", "password": FIRST}
    joined = await admin.page.request.post("/v1/invitations:accept", data=accepted, headers=origin)
    assert joined.status == 201, await joined.text()
    return {"email": email, "password": FIRST}
