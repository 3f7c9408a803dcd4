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
