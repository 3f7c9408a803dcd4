"""The console without a mouse: every stop is seen, and the focus goes where its user sends it."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.support.browser import Desk, Desks
from tests.support.platform import US

pytestmark = pytest.mark.timeout(240)

CALLER, NEXT = "+15125550171", "+16465550143"
LEAST_PX = 24
"""WCAG 2.2, 2.5.8."""
MOST_STOPS = 90
SHORT = 40
"""Letters of what interrupts whoever listens."""

_STOP = """() => {
  const stop = document.activeElement, style = getComputedStyle(stop);
  const box = stop.getBoundingClientRect();
  return {
    name: stop.id || stop.className || stop.tagName,
    outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    width: box.width, height: box.height,
    top: stop === document.body,
  };
}"""
_LISTEN = """() => {
  window.rung = [];
  const told = document.querySelector("#rung");
  new MutationObserver(() => window.rung.push(told.textContent)).observe(told, {childList: true});
  window.held = document.activeElement;
}"""


class Keys:
    """Somebody with a keyboard alone, who must see at each stop where they are."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.page = desk, desk.page

    async def to(self, selector: str, key: str = "Tab") -> None:
        """Goes on until this has the focus; whatever is passed is seen, and large enough."""
        for _ in range(MOST_STOPS):
            await self.page.keyboard.press(key)
            stop: dict[str, Any] = await self.page.evaluate(_STOP)
            if stop["top"]:
                continue  # it goes round by the browser's own buttons
            assert stop["outline"] > 0, f"the focus is not seen: {stop}"
            assert min(stop["width"], stop["height"]) >= LEAST_PX, f"a small target: {stop}"
            if await self.page.evaluate("(s) => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"no way by keyboard to {selector}")

    async def seen(self, selector: str) -> None:
        """What has the focus by itself is this, and is seen."""
        await expect(self.page.locator(selector)).to_be_focused()
        assert (await self.page.evaluate(_STOP))["outline"] > 0

    async def press(self, key: str) -> None:
        await self.page.keyboard.press(key)

    async def write(self, text: str) -> None:
        await self.page.keyboard.type(text)


async def test_a_call_is_answered_judged_and_left_for_the_next_by_keys_alone(desks: Desks) -> None:
    async with desks.desk(US) as desk:
        keys, page = Keys(desk), desk.page
        login = desks.outside.platform.tenants[US]["logins"]["agent"]
        await keys.to("[name=email]")
        await keys.write(login["email"])
        await keys.to("[name=password]")
        await keys.write(login["password"])
        await keys.press("Enter")
        await expect(page.locator("#state")).to_have_text("Connected")
        await keys.to(".skip")
        await keys.press("Enter")
        await keys.seen("#main")
        await keys.to("#sign-out", "Shift+Tab")

        await page.evaluate(_LISTEN)
        rung = await desks.outside.ring(US, **{"from": CALLER, "attestation": "A"})
        first = f"[data-call='{rung['session_id']}']"
        await expect(page.locator(f"{first} .judge")).to_be_visible()
        await expect(page.locator("#heard")).to_contain_text(CALLER)
        assert await page.evaluate("document.activeElement === window.held")
        assert await page.evaluate("window.rung") == [f"Incoming call: {CALLER}"]
        assert len(f"Incoming call: {CALLER}") <= SHORT

        await keys.to(f"{first} summary")
        await keys.press("Enter")
        await expect(page.locator(f"{first} details[open]")).to_have_count(1)
        await keys.to(f"{first} [data-verdict=wrong_person]")
        await keys.press("Space")
        judged = page.locator(f"{first} [aria-pressed=true]")
        await expect(judged).to_have_text("Wrong person")
        await keys.seen(f"{first} [data-verdict=wrong_person]")
        await expect(page.locator(f"{first} .judge p")).to_have_text("Noted. Thank you.")

        await keys.to(f"{first} .write")
        await keys.press("Enter")
        await keys.seen("#with")
        await keys.to("#answer textarea")
        await keys.write("We call you back at noon.")
        await keys.to("#answer button")
        await keys.press("Enter")
        ours = page.locator("#thread li.out", has_text="We call you back at noon.")
        await expect(ours).to_be_visible()
        await keys.seen("#answer button")

        rung = await desks.outside.ring(US, **{"from": NEXT, "attestation": "A"})
        second = f"[data-call='{rung['session_id']}']"
        await expect(page.locator(f"{second} .judge")).to_be_visible()
        await keys.seen("#answer button")
        await keys.press("Escape")
        await keys.seen(f"{first} .write")
        await keys.to(f"{second} .write", "Shift+Tab")
        await keys.press("Enter")
        await keys.seen("#with")
        await expect(page.locator("#with .number")).to_have_text(NEXT)
        await desk.accessible("the live page with two calls")


async def test_no_single_letter_does_anything(desks: Desks) -> None:
    """There is no shortcut that dictation or a slip could set off, so none to turn off."""
    async with desks.desk(US, "agent") as desk:
        await expect(desk.page.locator("#state")).to_have_text("Connected")
        await desk.page.evaluate(
            "() => { window.asked = []; const real = window.fetch;"
            "window.fetch = (...one) => { window.asked.push(one[0]); return real(...one); }; }"
        )
        await _at_rest(desk)
        before = await desk.page.evaluate("document.querySelector('main').innerHTML")
        for key in "abcdefghijklmnopqrstuvwxyz0123456789/?":
            await desk.page.keyboard.press(key)
        assert await desk.page.evaluate("window.asked") == []
        assert await desk.page.evaluate("document.querySelector('main').innerHTML") == before
        assert await desk.page.evaluate("document.activeElement === document.body")


async def _at_rest(desk: Desk) -> None:
    """Until the page has asked for nothing for a second: what others wrote comes in by itself."""
    asked = 1
    while asked:
        await desk.page.wait_for_timeout(1000)
        asked = await desk.page.evaluate("window.asked.splice(0).length")
