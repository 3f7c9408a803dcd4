"""A record is put right on its page, and nobody writes over what another has written."""

import pytest
from playwright.async_api import expect

from tests.support.browser import Desks
from tests.support.platform import US

pytestmark = pytest.mark.timeout(240)

WRONG = {
    "name": "Perpetua Windle",
    "external_id": "AZ-700",
    "numbers": [{"number": "+16465550133", "label": "mobile"}],
    "lawful_basis": "contract",
}


async def test_a_record_is_corrected_and_no_other_change_is_lost(desks: Desks) -> None:
    async with desks.desk(US, "admin") as desk:
        page = desk.page
        origin = {"Origin": "/".join(page.url.split("/")[:3])}
        made = await page.request.post("/v1/customers", data=WRONG, headers=origin)
        assert made.status == 201, await made.text()
        customer = (await made.json())["id"]
        await desk.open(f"/customers/{customer}")
        await page.click("#correction summary")
        await page.fill("#number-1", "12")
        await page.fill("#email", "nobody")
        await page.click("#correct button")
        await expect(page.locator("#number-1-error")).to_be_visible()
        await expect(page.locator("#email-error")).to_be_visible()
        await expect(page.locator("#correct [aria-invalid]").first).to_be_focused()
        await desk.accessible("a correction that is refused")
        await page.fill("#number-1", "+1 646 555 0133")
        await page.fill("#email", "perpetua@example.com")
        await page.fill("#name", "Perpetua Windell")
        await page.fill("#number-2", "(646) 555-0134")
        await page.click("#correct button")
        await expect(page.locator("h1")).to_have_text("Perpetua Windell")
        await expect(page.locator("h2 bdi.number")).to_have_count(2)

        other = await page.request.put(
            f"/v1/customers/{customer}", data={**WRONG, "status": "lapsed"}, headers=origin
        )
        assert other.status == 200, await other.text()
        await page.click("#correction summary")
        await page.fill("#name", "Somebody Else")
        await page.click("#correct button")
        await expect(page.locator("#correct .problem")).to_contain_text("Somebody else has changed")
        await page.click("#anew a")
        await expect(page.locator("h1")).to_have_text("Perpetua Windle")
        await expect(page.locator(".facts").first).to_contain_text("lapsed")
