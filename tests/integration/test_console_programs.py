"""The pages for an agency's programs, in a real browser, on the running platform."""

from collections.abc import AsyncIterator

import httpx
import pytest
from playwright.async_api import Locator, expect
from standardwebhooks import Webhook

from tests.gateway.apps import App, answering, listening
from tests.support.browser import Desk, Desks
from tests.support.platform import SA, US, until

pytestmark = pytest.mark.timeout(300)

KEPT = {US: "Policy system", SA: "نظام الوثائق"}
CALLER = "+442079460177"


@pytest.fixture
async def app() -> AsyncIterator[App]:
    async with listening(App()) as made:
        yield made


@pytest.mark.parametrize("tenant", [US, SA])
async def test_a_key_is_made_shown_once_used_and_revoked(desks: Desks, tenant: str) -> None:
    url, name = desks.outside.platform.console_url, KEPT[tenant]
    async with desks.desk(tenant, "admin") as desk:
        page = desk.page
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await desk.open("/keys")
        await page.fill("#name", name)
        await page.click("#key-new > button")
        await expect(page.locator("#scopes-error")).to_be_visible()
        await expect(page.locator("#scopes")).to_be_focused()
        await desk.accessible("a form that lacks something")
        await page.check("[value='numbers:read']")
        await page.check("[value='calls:read']")
        await page.check("[value='usage:read']")
        await page.click("#key-new > button")
        await expect(page.locator("#key-made")).to_be_focused()
        key = await page.input_value("#key-made-text")
        await page.click("#key-made .copy")
        await expect(page.locator("#key-made .copied")).not_to_be_empty()
        assert await page.evaluate("navigator.clipboard.readText()") == key
        await page.click("tbody tr summary")
        await expect(page.locator("tbody tr", has_text=name).first).to_be_visible()
        await desk.accessible("a key that was made")
        program = httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {key}"})
        async with program:
            assert (await program.get("/v1/numbers")).status_code == 200
            await desk.open("/keys")
            assert key not in await page.content()
            row = page.locator("tbody tr", has_text=key.rpartition("_")[0])
            await _refuse_then_agree(desk, row.locator("button"), name)
            await expect(row.locator("button")).to_have_count(0)
            await expect(page.locator("#keys-title")).to_be_focused()
            await expect(page.locator("#heard")).not_to_be_empty()
            refused = await program.get("/v1/numbers")
            assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
        assert desk.complaints == []


async def _refuse_then_agree(desk: Desk, button: Locator, name: str) -> None:
    """By keyboard: what is asked before a key is revoked can be left by Escape or by its button."""
    page, dialog = desk.page, desk.page.locator("#sure")
    for key in ("Escape", "Enter"):
        await button.press("Enter")
        await expect(dialog).to_contain_text(name)
        await expect(dialog.locator("[value=no]")).to_be_focused()
        if key == "Escape":
            await desk.accessible("a question")
        await page.keyboard.press(key)
        await expect(dialog).to_be_hidden()
        await expect(button).to_be_focused()
    await button.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")


@pytest.mark.parametrize("tenant", [US, SA])
async def test_an_endpoint_from_its_first_secret_to_its_end(
    desks: Desks, app: App, tenant: str
) -> None:
    async with desks.desk(tenant, "admin") as desk:
        page = desk.page
        secret = await _added(desk, app)
        await _hears_of_a_call(desks, app, tenant)
        await desk.open("/webhooks")
        assert secret not in await page.content()
        await _opened(desk, app)
        await _tried(desk, app, secret)
        await _rotated(desk, app, secret)
        await _switched(desk, app)
        await page.click("#remove")
        await page.click("#sure-yes")
        await page.wait_for_url("**/webhooks")
        await expect(page.locator("main")).not_to_contain_text(app.url)
        assert desk.complaints == []


async def _hears_of_a_call(desks: Desks, app: App, tenant: str) -> None:
    """A call rings and ends, and the app is told of it."""
    rung = await desks.outside.ring(tenant, **{"from": CALLER})
    await desks.outside.ask(f"/calls/{rung['session_id']}/hangup", {})

    async def heard() -> bool:
        return bool(app.heard)

    await until(heard)


async def _added(desk: Desk, app: App) -> str:
    """With refusals beside the field; gives the secret that was shown."""
    page = desk.page
    await desk.open("/webhooks")
    await page.fill("#url", "https://10.0.0.1/")
    await page.check("[value='call.started']")
    await page.click("#webhook-new > button")
    await expect(page.locator("#url-error")).to_be_visible()
    await expect(page.locator("#url")).to_be_focused()
    await page.fill("#url", app.url)
    await page.click("#webhook-new > button")
    await expect(page.locator("#secret")).to_be_focused()
    secret = await page.input_value("#secret-text")
    await expect(page.locator("tbody a", has_text=app.url)).to_be_visible()
    await desk.accessible("endpoints")
    return secret


async def _opened(desk: Desk, app: App) -> None:
    """The endpoint's own page."""
    await desk.page.locator("tbody a", has_text=app.url).click()
    await desk.page.wait_for_url("**/webhooks/whk_*")


async def _tried(desk: Desk, app: App, secret: str) -> None:
    """A call and a test come into the log; what failed is sent again."""
    page, log = desk.page, desk.page.locator("#log tbody tr")
    app.answer = answering("503 Away")
    await page.press("#test", "Enter")
    await expect(log.filter(has_text="webhook.test")).to_contain_text("503")
    await expect(page.locator("#test")).to_be_focused()
    app.answer = answering("204 Fine")
    resend = log.filter(has_text="webhook.test").locator("button")
    await resend.press("Enter")
    await expect(log.filter(has_text="webhook.test")).to_contain_text("204")
    await expect(resend).to_be_focused()
    await expect(log.filter(has_text="call.started")).to_contain_text("204")
    await desk.accessible("an endpoint with its log")
    assert {Webhook(secret).verify(one.body, one.headers)["type"] for one in app.heard} == {
        "webhook.test",
        "call.started",
    }


async def _rotated(desk: Desk, app: App, old: str) -> None:
    """Both secrets sign from then on, and the page says until when."""
    page = desk.page
    await page.click("#rotate")
    await page.click("#sure-yes")
    await expect(page.locator("#secret")).to_be_focused()
    await expect(page.locator("#secret .until time")).to_be_visible()
    await expect(page.locator("#both time")).to_be_visible()
    new, before = await page.input_value("#secret-text"), len(app.heard)
    assert new != old
    await desk.accessible("a new secret")
    await page.click("#test")
    await expect(page.locator("#log tbody tr")).to_have_count(3)
    await expect(page.locator("#log tbody tr").first).to_contain_text("204")
    told = app.heard[before:]
    assert told
    for secret in (old, new):
        assert Webhook(secret).verify(told[-1].body, told[-1].headers)["type"] == "webhook.test"


async def _switched(desk: Desk, app: App) -> None:
    """Off, when nothing can be sent, and on again; then it wants something else."""
    page = desk.page
    await page.click("#switch")
    await page.click("#sure-yes")
    await expect(page.locator("#health .badge")).to_be_visible()
    await expect(page.locator("#health time")).to_be_visible()
    await expect(page.locator("#test")).to_have_count(0)
    await expect(page.locator("#switch")).to_be_focused()
    await expect(page.locator("#log tbody button")).to_have_count(0)
    await desk.accessible("an endpoint that is switched off")
    await desk.open("/webhooks")
    await expect(page.locator("tr", has_text=app.url).locator(".badge")).to_be_visible()
    await desk.accessible("a list with an endpoint that is switched off")
    await _opened(desk, app)
    await page.click("#switch")
    await page.click("#sure-yes")
    await expect(page.locator("#health .badge")).to_have_count(0)
    await page.uncheck("[value='call.started']")
    await page.click("#webhook-change > button")
    await expect(page.locator("#events-error")).to_be_visible()
    await page.check("[value='call.ended']")
    await page.click("#webhook-change > button")
    await expect(page.locator("#webhook-change .done")).not_to_be_empty()
    await page.reload()
    await expect(page.locator("[value='call.ended']")).to_be_checked()
    await expect(page.locator("[value='call.started']")).not_to_be_checked()
