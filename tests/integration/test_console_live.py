"""The live page and those before it, in a real browser, on the running platform."""

import pytest
from playwright.async_api import expect

from tests.support.browser import Desks
from tests.support.platform import SA, US

pytestmark = pytest.mark.timeout(180)

CALLERS = {US: "+15125550171", SA: "+966501110021"}


@pytest.mark.parametrize("tenant", [US, SA])
async def test_strangers_meet_pages_that_everybody_can_use(desks: Desks, tenant: str) -> None:
    async with desks.desk(tenant) as desk:
        for path in ("/", "/invitation", "/policies", "/policies/intnet-iq"):
            await desk.open(path)
            await desk.accessible(path)


@pytest.mark.parametrize("tenant", [US, SA])
async def test_a_ringing_call_whose_card_fills_in(desks: Desks, tenant: str) -> None:
    async with desks.desk(tenant, "agent") as desk:
        page = desk.page
        await expect(page.locator("#state")).to_have_text({US: "Connected", SA: "متصل"}[tenant])
        await page.wait_for_function("document.querySelector('#nothing') !== null")
        rung = await desks.outside.ring(tenant, **{"from": CALLERS[tenant], "attestation": "A"})
        card = page.locator(f"[data-call='{rung['session_id']}']")
        await expect(card.locator(".number")).to_have_text(CALLERS[tenant])
        await expect(card.locator(".risk .badge")).to_be_visible()
        await expect(card.locator(".name")).not_to_be_empty()
        await expect(page.locator("#heard")).to_contain_text(CALLERS[tenant])
        assert await page.evaluate("document.documentElement.dir") == {US: "ltr", SA: "rtl"}[tenant]
        await card.locator(".write").click()
        await expect(page.locator("#conversation")).to_be_visible()
        await desk.accessible("the live page")


async def test_an_agent_answers_by_text_and_a_stop_changes_the_card(desks: Desks) -> None:
    number, line = "+16465550187", desks.outside.platform.tenants[US]["number"]
    async with desks.desk(US, "agent") as desk:
        page = desk.page
        await expect(page.locator("#state")).to_have_text("Connected")
        await desks.outside.ask("/texts", {"from": number, "to": line, "text": "Are you open?"})
        person = page.locator("#conversations button", has_text=number)
        await person.press("Enter")
        await expect(page.locator("#with")).to_be_focused()
        await expect(page.locator("#thread")).to_contain_text("Are you open?")
        await page.fill("#answer textarea", "Until six.")
        await expect(page.locator("#size")).not_to_be_empty()
        await page.click("#answer button")
        ours = page.locator("#thread li.out", has_text="Until six.")
        await expect(ours).to_contain_text("Delivered", timeout=20_000)
        await desks.outside.ask("/texts", {"from": number, "to": line, "text": "STOP"})
        wants_none = page.locator("#consent-state", has_text="Wants no messages at all")
        await expect(wants_none).to_be_visible(timeout=20_000)
        await expect(person).to_contain_text("Stopped", timeout=20_000)
        await page.keyboard.press("Escape")
        await desk.accessible("the live page after a stop")
