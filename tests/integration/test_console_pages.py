"""The pages for an agency's work, in a real browser, on the running platform."""

import csv
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import expect

from services.gateway.pages.texts import texts_in
from tests.support.browser import Desk, Desks
from tests.support.platform import SA, US

pytestmark = pytest.mark.timeout(180)

DIRTY = {
    US: (
        "Kundennummer;Kunde;Telefon 1;Stand\n"
        "AZ-1;Ada Brightwater;+16465550182;active\n"
        "AZ-2;Broken Line;12;active\n"
        "AZ-3;Cleo Farthing;+16465550183;lapsed\n"
    ),
    SA: (
        "رقم المستفيد;المستفيد;الاتصال 1;الوضع\n"
        "AZ-1;ريم القحطاني;+966501110082;active\n"
        "AZ-2;سطر مكسور;12;active\n"
        "AZ-3;ليان الشمري;+966501110083;lapsed\n"
    ),
}
LEAVERS = {US: ("+16465550181", "Ottoline Ferrier"), SA: ("+966501110081", "غادة الحربي")}
CUSTOMERS = {US: ("+12125550100", "IQ-0001"), SA: ("+966500000100", "IC-0001")}


@pytest.mark.parametrize("tenant", [US, SA])
async def test_a_customer_is_found_and_shown(desks: Desks, tenant: str) -> None:
    number, own = CUSTOMERS[tenant]
    async with desks.desk(tenant, "agent") as desk:
        page = desk.page
        await expect(page.locator("nav a")).to_have_count(3)
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


@pytest.mark.parametrize("tenant", [US, SA])
async def test_every_page_of_an_admin_can_be_used_by_everybody(desks: Desks, tenant: str) -> None:
    async with desks.desk(tenant, "admin") as desk:
        await expect(desk.page.locator("nav a")).to_have_count(9)
        for path in ("/imports", "/requests?every=true", "/users", "/usage", "/audit"):
            await desk.open(path)
            await expect(desk.page.locator("nav [aria-current]")).to_have_count(1)
            await desk.accessible(path)


async def test_an_agent_is_not_shown_what_is_an_admins(desks: Desks) -> None:
    async with desks.desk(US, "agent") as desk:
        for path in ("/imports", "/users", "/usage", "/audit"):
            await desk.open(path)
            await expect(desk.page.locator("h1")).to_have_text("This page cannot be shown")
        await desk.accessible("a page that is refused")


@pytest.mark.parametrize("tenant", [US, SA])
async def test_a_dirty_file_is_imported_with_its_columns_named(
    desks: Desks, tenant: str, tmp_path: Path
) -> None:
    file = tmp_path / "dirty.csv"
    file.write_text(DIRTY[tenant], encoding="utf-8")
    header, *_, last = (line.split(";") for line in DIRTY[tenant].splitlines())
    async with desks.desk(tenant, "admin") as desk:
        page, words = desk.page, texts_in(desk.language)
        await desk.open("/imports")
        await page.click("#upload button")
        await expect(page.locator("#file-error")).to_be_visible()
        await page.set_input_files("#file", file)
        await expect(page.locator("#columns tbody tr")).to_have_count(4)
        await expect(page.locator("#columns tbody tr").first).to_contain_text("AZ-1 · AZ-2 · AZ-3")
        for column, field in zip(header, ("external_id", "name", "phone", "status"), strict=True):
            await page.select_option(f"[data-column='{column}']", field)
        await desk.accessible("a file with its columns")
        await page.fill("#source", "our old system")
        await page.click("#upload button")
        await page.wait_for_url("**/imports/imp_*")
        await expect(page.locator("#counts")).to_contain_text(words["import_finished"])
        line = page.locator("tbody tr").first
        await expect(line).to_contain_text("12")
        await desk.accessible("an import")
        async with page.expect_download() as download:
            await page.click("a[download]")
        saved = await (await download.value).path()
        (fault,) = csv.DictReader(saved.read_text(encoding="utf-8-sig").splitlines())
        assert (fault["line"], fault["column"], fault["value"]) == ("3", header[2], "12")
        await desk.open("/customers")
        await page.select_option("#by", "external_id")
        await page.fill("#sought", "AZ-3")
        await page.click("#find button")
        await expect(page.locator("#found li")).to_contain_text(last[1])


@pytest.mark.parametrize("tenant", [US, SA])
async def test_a_user_is_invited_joins_and_is_shut_out(desks: Desks, tenant: str) -> None:
    email = f"{uuid4().hex}@example.com"
    async with desks.desk(tenant, "admin") as desk, desks.desk(tenant) as stranger:
        page, words = desk.page, texts_in(desk.language)
        await desk.open("/users")
        await page.fill("#email", "nobody")
        await page.click("#invite button")
        await expect(page.locator("#email-error")).to_be_visible()
        await page.fill("#email", email)
        await page.click("#invite button")
        await expect(page.locator("#invited")).to_be_focused()
        await stranger.open(await page.input_value("#link"))
        await stranger.page.fill("[name=name]", "Wilhelmina Slate")
        await stranger.page.fill("[name=password]", "blue kettle sings at noon")
        await stranger.page.click("#join button")
        await expect(stranger.page.locator("#joined")).to_be_visible()
        await stranger.open("/")
        await stranger.sign_in({"email": email, "password": "blue kettle sings at noon"})
        await desk.open("/users")
        row = page.locator("[data-user]", has_text=email)
        await row.locator("[name=shut]").click()
        await expect(row).to_contain_text(words["access_disabled"])
        await stranger.open("/customers")
        await expect(stranger.page.locator("#sign-in")).to_be_visible()
        mine = page.locator("[data-user]", has_text=f"({words['you']})")
        await mine.locator("[name=shut]").click()
        await expect(mine.locator(".problem")).to_have_text(words["error_last_admin"])


@pytest.mark.parametrize("tenant", [US, SA])
async def test_an_erasure_goes_to_its_certificate_by_keyboard_alone(
    desks: Desks, tenant: str
) -> None:
    number, name = LEAVERS[tenant]
    async with desks.desk(tenant, "admin") as desk:
        page, words = desk.page, texts_in(desk.language)
        await _keep(desk, number, name)
        await desk.open("/requests")
        await page.keyboard.press("Tab")
        await expect(page.locator(".skip")).to_be_focused()
        await page.keyboard.press("Enter")
        await _tab_to(desk, "kind")
        await page.keyboard.press({US: "E", SA: "ArrowDown"}[tenant])
        await page.keyboard.press("Tab")
        await page.keyboard.type(number)
        await _tab_to(desk, "channel")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/requests/req_*")
        await expect(page.locator("h1")).to_have_text(words["kind_erasure"])
        await desk.accessible("a request")
        await _tab_to(desk, "attest-reason")
        await page.keyboard.type("Showed a passport.")
        await page.keyboard.press("Enter")
        await expect(page.locator("#stage")).to_have_text(words["stage_in_progress"])
        await expect(page.locator("#certificate")).to_be_visible(timeout=90_000)
        await expect(page.locator("#certificate tbody")).to_contain_text("customers: 1")
        await expect(page.locator("#stage")).to_have_text(words["stage_completed"])
        await desk.accessible("a certificate")


async def _keep(desk: Desk, number: str, name: str) -> None:
    """A customer, written as an agency's own system would; again on a new basis where erased."""
    told = {"name": name, "numbers": [{"number": number}], "lawful_basis": "contract"}
    answer = await desk.page.request.post(
        "/v1/customers",
        data={**told, "renewed_basis": "a new contract"},
        headers={"Origin": _origin(desk)},
    )
    assert answer.status == 201, await answer.text()


def _origin(desk: Desk) -> str:
    """Where the page came from."""
    return "/".join(desk.page.url.split("/")[:3])


async def _tab_to(desk: Desk, name: str) -> None:
    """Goes on with the tabulator until the field with this id has the focus."""
    for _ in range(60):
        await desk.page.keyboard.press("Tab")
        if await desk.page.evaluate("document.activeElement.id") == name:
            return
    raise AssertionError(f"no way by keyboard to {name}")
