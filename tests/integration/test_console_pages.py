"""The pages for an agency's work, in a real browser, on the running platform."""

import pytest
from playwright.async_api import expect

from tests.support.browser import Desks
from tests.support.platform import SA, US

pytestmark = pytest.mark.timeout(180)

CUSTOMERS = {US: ("+12125550100", "IQ-0001"), SA: ("+966500000100", "IC-0001")}


@pytest.mark.parametrize("tenant", [US, SA])
async def test_a_customer_is_found_and_shown(desks: Desks, tenant: str) -> None:
    number, own = CUSTOMERS[tenant]
    async with desks.desk(tenant, "agent") as desk:
        page = desk.page
        await expect(page.locator("nav a")).to_have_count(2)
        await desk.open("/customers")
        await desk.accessible("/customers")
        await page.fill("#sought", "12")
        await page.click("#find button")
        await expect(page.locator("#sought-error")).not_to_be_empty()
        await expect(page.locator("#sought")).to_be_focused()
        await expect(page.locator("#sought")).to_have_attribute("aria-describedby", "sought-error")
        for by, text in (("external_id", own), ("number", number)):
            await page.select_option("#by", by)
            await page.fill("#sought", text)
            await page.press("#sought", "Enter")
            await expect(page.locator("#found li").first).to_contain_text(number)
        assert number not in page.url
        await page.locator("#found a").first.click()
        await expect(page.locator("h2 bdi[dir=ltr]").first).to_have_text(number)
        await desk.accessible("a customer")
