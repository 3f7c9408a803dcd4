"""What people do at the console, from beginning to end and in both languages, in a real browser."""

import json
import re
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from services.gateway.pages.texts import texts_in
from tests.consent.packages import files
from tests.support.browser import Desk, Desks
from tests.support.platform import SA, US, until

pytestmark = pytest.mark.timeout(180)

BOTH = pytest.mark.parametrize("tenant", [US, SA])
NAMES = {US: "Quentin Marlowe", SA: "هيفاء الزهراني"}
_NUMBERS = count(10)


def number_of(tenant: str) -> str:
    """One that nobody else has."""
    return {US: "+16465552{:03d}", SA: "+9665033300{:02d}"}[tenant].format(next(_NUMBERS))


@BOTH
async def test_somebody_signs_in_and_out(desks: Desks, tenant: str) -> None:
    login = desks.outside.platform.tenants[tenant]["logins"]["agent"]
    async with desks.desk(tenant) as desk:
        page, words = desk.page, texts_in(desk.language)
        await page.fill("[name=email]", login["email"])
        await page.fill("[name=password]", "not the password")
        await page.press("[name=password]", "Enter")
        await expect(page.locator("[role=alert]")).to_have_text(words["error_wrong_credentials"])
        await desk.sign_in(login)
        await expect(page.locator("h1")).to_have_text(words["live"])
        await page.click("#sign-out")
        await expect(page.locator("#sign-in")).to_be_visible()
        await desk.open("/customers")
        await expect(page.locator("#sign-in")).to_be_visible()


async def test_of_several_with_one_number_only_who_asks_is_meant(desks: Desks) -> None:
    async with desks.desk(US, "admin") as desk:
        page, number = desk.page, number_of(US)
        admin = await desks.outside.person(US, "admin")
        told = {"numbers": [{"number": number}], "lawful_basis": "contract"}
        other = await admin.http.post("/v1/customers", json={**told, "name": "Thomasina Avery"})
        made = await admin.http.post("/v1/customers", json={**told, "name": "Lindsay Avery"})
        assert (other.status_code, made.status_code) == (201, 201), made.text
        await desk.open("/requests")
        await page.select_option("#kind", "erasure")
        await page.fill("#number", number)
        await page.click("#request-new > button")
        await expect(page.locator("#whose-error")).to_be_visible()
        await expect(page.locator("#whose")).to_be_focused()
        await page.get_by_label("Lindsay Avery").check()
        await page.click("#request-new > button")
        await page.wait_for_url("**/requests/req_*")
        request = page.url.rpartition("/")[2]
        asked = (await admin.http.get(f"/v1/privacy/requests/{request}")).json()
        assert asked["customers"] == [made.json()["id"]]
        assert desk.complaints == []


async def test_a_request_that_came_without_a_name_is_given_one(desks: Desks) -> None:
    async with desks.desk(US, "admin") as desk:
        page, number = desk.page, number_of(US)
        admin = await desks.outside.person(US, "admin")
        told = {"numbers": [{"number": number}], "lawful_basis": "contract"}
        for name in ("Cordelia Brook", "Barnaby Brook"):
            made = await admin.http.post("/v1/customers", json={**told, "name": name})
            assert made.status_code == 201, made.text
        body = {"kind": "access", "channel": "post", "number": number}
        request = (await admin.http.post("/v1/privacy/requests", json=body)).json()["id"]
        await desk.open(f"/requests/{request}")
        await page.fill("#attest-reason", "Showed a passport.")
        await page.press("#attest-reason", "Enter")
        await page.get_by_label("Barnaby Brook").check()
        await desk.open("/requests")
        await expect(page.locator("tr", has_text="Waits for a name").first).to_be_visible()
        await desk.open(f"/requests/{request}")
        await page.get_by_label("Barnaby Brook").check()
        await page.click("[data-verb=name] button")
        await expect(page.locator("#stage")).to_have_text("ready to be handed over", timeout=30_000)
        found = await admin.http.post("/v1/customers:find", json={"number": number})
        barnaby = {one["id"] for one in found.json()["data"] if one["name"] == "Barnaby Brook"}
        asked = (await admin.http.get(f"/v1/privacy/requests/{request}")).json()
        assert set(asked["customers"]) == barnaby
        assert desk.complaints == []


@BOTH
async def test_a_package_is_handed_out(desks: Desks, tenant: str) -> None:
    async with desks.desk(tenant, "admin") as desk:
        page, words = desk.page, texts_in(desk.language)
        admin, number = await desks.outside.person(tenant, "admin"), number_of(tenant)
        told = {"name": NAMES[tenant], "numbers": [{"number": number}], "lawful_basis": "contract"}
        assert (await admin.http.post("/v1/customers", json=told)).status_code == 201
        await _ask(desk, "access", number)
        await page.fill("#attest-reason", "Showed a passport.")
        await page.press("#attest-reason", "Enter")
        link = page.locator("main a[download]")
        await expect(link).to_be_visible(timeout=60_000)
        await expect(page.locator("#stage")).to_have_text(words["stage_ready"])
        found = files((await _download(page, link)).read_bytes())
        customers = json.loads(found["data.json"])["customers"]
        assert [one["name"] for one in customers] == [NAMES[tenant]]
        await page.reload()
        await expect(page.locator("#stage")).to_have_text(words["stage_delivered"])


@BOTH
async def test_a_code_shows_who_asks(desks: Desks, tenant: str) -> None:
    async with desks.desk(tenant, "admin") as desk:
        page, words, number = desk.page, texts_in(desk.language), number_of(tenant)
        await _ask(desk, "restriction", number)
        await page.click("[data-verb=send-code] button")
        await expect(page.locator("#sent time")).to_be_visible()
        code = await until(lambda: _code(desks, number))
        wrong = "000000" if code != "000000" else "111111"
        await page.fill("#code", wrong)
        await page.press("#code", "Enter")
        await expect(page.locator("[data-verb=verify]")).to_contain_text(words["error_wrong_code"])
        await page.fill("#code", code)
        await page.press("#code", "Enter")
        await expect(page.locator("#standing")).to_contain_text(words["known_code"])
        await expect(page.locator("[data-verb=verify]")).to_have_count(0)


@BOTH
async def test_a_request_is_extended_and_then_refused(desks: Desks, tenant: str) -> None:
    why = {US: "Our archive is far away.", SA: "الأرشيف بعيد."}[tenant]
    async with desks.desk(tenant, "admin") as desk:
        page, words = desk.page, texts_in(desk.language)
        await _ask(desk, "access", number_of(tenant))
        due = page.locator("#standing time").nth(1)
        before = await due.get_attribute("datetime")
        await page.click("[data-verb=extend] button")
        await expect(page.locator("#extend-reason")).to_be_focused()
        await expect(page.locator("#extend-reason-error")).to_have_text(words["fill_in"])
        await page.fill("#extend-reason", why)
        await page.press("#extend-reason", "Enter")
        await expect(page.locator("#standing")).to_contain_text(why)
        assert str(await due.get_attribute("datetime")) > str(before)
        await expect(page.locator("[data-verb=extend]")).to_have_count(0)
        await page.select_option("#ground", "unfounded")
        await page.fill("#sentence", why)
        await page.press("#sentence", "Enter")
        await expect(page.locator("#stage")).to_have_text(words["stage_refused"])
        await expect(page.locator("#standing")).to_contain_text(words["ground_unfounded"])
        await expect(page.locator("main form")).to_have_count(0)


@BOTH
async def test_the_trail_is_taken_home_and_holds(desks: Desks, tenant: str, tmp_path: Path) -> None:
    async with desks.desk(tenant, "admin") as desk:
        page = desk.page

        async def signed() -> bool:
            told = await page.request.get("/v1/audit/checkpoints?limit=1")
            return bool((await told.json())["data"])

        await until(signed, 90)
        await desk.open("/audit")
        await page.fill("#action", "access.read")
        await page.press("#action", "Enter")
        await expect(page.locator("tbody tr td").nth(1)).to_have_text("access.read")
        await expect(page.locator("#signed-title")).to_be_visible()
        bundle = await _download(page, page.locator("main a[download]"))
        keys = tmp_path / "keys.txt"
        known = (await (await page.request.get("/v1/audit/keys")).json())["data"]
        keys.write_text("".join(f"{one['key']}\n" for one in known))
        given = ("verify", "--bundle", str(bundle), "--keys", str(keys))
        command = [sys.executable, "-m", "deploy.audit_verify", *given]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stdout + said.stderr


async def _ask(desk: Desk, kind: str, number: str) -> None:
    """Somebody asks; the page of the request is open then."""
    page = desk.page
    await desk.open("/requests")
    await page.select_option("#kind", kind)
    await page.fill("#number", number)
    await page.press("#number", "Enter")
    await page.wait_for_url("**/requests/req_*")


async def _download(page: Page, link: Locator) -> Path:
    """The file that a browser saves."""
    async with page.expect_download() as download:
        await link.click()
    return await (await download.value).path()


async def _code(desks: Desks, number: str) -> str:
    """What was texted to the number, once it was."""
    answer = await desks.outside.simulator.get("/sends", params={"limit": 20_000})
    sent: list[dict[str, Any]] = [one for one in answer.json()["data"] if one["to"] == number]
    found = re.search(r"\b\d{6}\b", sent[-1]["text"]) if sent else None
    return found[0] if found else ""
