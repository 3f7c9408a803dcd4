"""The live page and those before it, in a real browser, on the running platform."""

import asyncio
import json
from itertools import permutations

import pytest
from playwright.async_api import FilePayload, Route, expect

from services.gateway.pages.texts import texts_in
from tests.support.browser import Desk, Desks
from tests.support.platform import SA, US

pytestmark = pytest.mark.timeout(180)

FOUND = {
    US: "The number is exactly the one on file.",
    SA: "الرقم مطابق تمامًا للرقم المسجل.",
}
CALLERS = {US: "+15125550171", SA: "+966500000971"}
WRITERS = {US: "+16465550187", SA: "+966501110022"}


@pytest.mark.parametrize("tenant", [US, SA])
async def test_strangers_meet_pages_that_everybody_can_use(desks: Desks, tenant: str) -> None:
    async with desks.desk(tenant) as desk:
        for path in ("/", "/invitation", "/policies"):
            await desk.open(path)
            await desk.accessible(path)
        await desk.open("/policies/intnet-iq")
        await desk.accessible("a policy", "en")


async def test_what_is_done_before_the_script_is_there_is_done_once_it_is(desks: Desks) -> None:
    async with desks.desk(US, "admin") as desk:
        page, late = desk.page, asyncio.Event()

        async def wait(route: Route) -> None:
            await late.wait()
            await route.continue_()

        await page.route("**/static/console.js", wait)
        await page.goto("/imports", wait_until="commit")
        file = FilePayload(name="list.csv", mimeType="text/csv", buffer=b"id,name\n1,Ada\n")
        await page.set_input_files("#file", file)
        await page.click("#upload button")
        await expect(page.locator("#columns")).to_be_hidden()
        late.set()
        await expect(page.locator("#columns tbody tr")).to_have_count(2)
        await expect(page.locator("#source-error")).to_be_visible()

        late.clear()
        await page.goto("/account", wait_until="commit")
        await page.click("#sign-out")
        await expect(page.locator("#sign-out")).to_be_visible()
        late.set()
        await expect(page.locator("#sign-in")).to_be_visible()
        assert desk.complaints == []


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
        await expect(card.locator(".reasons li").first).to_have_text(FOUND[tenant])
        await expect(page.locator("#heard")).to_contain_text(CALLERS[tenant])
        assert await page.evaluate("document.documentElement.dir") == {US: "ltr", SA: "rtl"}[tenant]
        await card.locator(".write").click()
        await expect(page.locator("#conversation")).to_be_visible()
        await desk.accessible("the live page")


def _event(kind: str, session: str) -> str:
    """As the live stream tells it."""
    known = {"customer_id": "c-1", "name": "Maria", "reasons": []}
    told: dict[str, dict[str, object]] = {
        "call.started": {"party": CALLERS[US], "direction": "incoming"},
        "call.answered": {},
        "call.ended": {},
        "call.matched": {"outcome": "matched", "version": 1, "candidates": [known]},
    }
    event = {"type": kind, "data": {"session_id": session} | told[kind]}
    return f"event: {kind}\ndata: {json.dumps(event)}\n\n"


async def _streams(desk: Desk, *events: str) -> None:
    """These come, and then the stream is over."""
    await expect(desk.page.locator("#state")).to_have_text("Connected")
    await desk.page.route(
        "**/v1/live",
        lambda route: route.fulfill(content_type="text/event-stream", body="".join(events)),
        times=1,
    )
    await desk.open("/")


@pytest.mark.parametrize("kinds", list(permutations(["call.started", "call.matched"])))
async def test_who_calls_is_said_with_their_number_whichever_comes_first(
    desks: Desks, kinds: tuple[str, ...]
) -> None:
    async with desks.desk(US, "agent") as desk:
        await _streams(desk, *(_event(kind, "s") for kind in kinds))
        said = f"Incoming call: Maria, {CALLERS[US]}"
        await expect(desk.page.locator("#heard")).to_have_text(said)


async def test_what_comes_of_a_call_that_was_over_before_is_no_call_that_rings(
    desks: Desks,
) -> None:
    late = [_event(kind, "over") for kind in ("call.answered", "call.matched", "call.ended")]
    async with desks.desk(US, "agent") as desk:
        await _streams(desk, *late, _event("call.started", "s"))
        await expect(desk.page.locator("[data-call=s]")).to_be_visible()
        await expect(desk.page.locator("[data-call=over]")).to_have_count(0)


@pytest.mark.parametrize("tenant", [US, SA])
async def test_an_agent_answers_by_text_and_a_stop_changes_the_card(
    desks: Desks, tenant: str
) -> None:
    number, line = WRITERS[tenant], desks.outside.platform.tenants[tenant]["number"]
    async with desks.desk(tenant, "agent") as desk:
        page, words = desk.page, texts_in(desk.language)
        await expect(page.locator("#state")).to_have_text(words["connected"])
        await desks.outside.ask("/texts", {"from": number, "to": line, "text": "Are you open?"})
        person = page.locator("#conversations button", has_text=number)
        await person.press("Enter")
        await expect(page.locator("#with")).to_be_focused()
        await expect(page.locator("#thread")).to_contain_text("Are you open?")
        await page.fill("#answer textarea", "Until six.")
        await expect(page.locator("#size")).not_to_be_empty()
        await page.click("#answer button")
        ours = page.locator("#thread li.out", has_text="Until six.")
        await expect(ours).to_contain_text(words["state_delivered"])
        await desks.outside.ask("/texts", {"from": number, "to": line, "text": "STOP"})
        wants_none = page.locator("#consent-state", has_text=words["suppressed"])
        await expect(wants_none).to_be_visible(timeout=20_000)
        await expect(person).to_contain_text(words["stopped"])
        await page.fill("#answer textarea", "One more thing.")
        await expect(page.locator("#verdict")).to_contain_text("⛔")
        await expect(page.locator("#answer button")).to_be_disabled()
        await page.keyboard.press("Escape")
        await desk.accessible("the live page after a stop")
