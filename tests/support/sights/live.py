"""The live page: from the first ring to the end of a call, and a person's conversation."""

import asyncio

from playwright.async_api import Locator, expect

from tests.support.platform import US
from tests.support.sights.sight import Reach, Sight, Visit

MANY = 51
"""Texts: one more than the page asks for at once."""

KNOWN = {US: "+15125550171"}
SAID = {
    "en": "Good morning! Is it renewed? https://example.com/a-rather-long-address-of-a-page",
    "ar": "صباح الخير! هل جُدّدت وثيقتي؟ https://example.com/a-rather-long-address-of-a-page",
}


async def _live(visit: Visit) -> None:
    await visit.desk.open("/")
    await expect(visit.page.locator("#state")).to_have_text(
        {"en": "Connected", "ar": "متصل"}[visit.desk.language]
    )


async def _ringing(visit: Visit) -> None:
    """Those who know the caller take no part for a moment."""
    await _live(visit)
    for name in ("matcher", "insights"):
        visit.holds(name)
    card = await visit.rings(KNOWN.get(visit.tenant, "+966500000971"))
    await expect(card.locator(".pending")).to_be_visible()


async def _filled(visit: Visit, number: str | None, outcome: str) -> Locator:
    await _live(visit)
    card = await visit.rings(number)
    await expect(visit.page.locator(f"[data-outcome={outcome}]").first).to_be_visible()
    await expect(card.locator(".risk .badge")).to_be_visible()
    for why in await card.locator("summary").all():
        await why.click()
    return card


async def _known(visit: Visit) -> None:
    await _filled(visit, KNOWN.get(visit.tenant, "+966500000971"), "matched")


async def _ambiguous(visit: Visit) -> None:
    number = visit.number()
    for name in (visit.name, visit.name[::-1]):
        await visit.post(
            "/v1/customers", name=name, numbers=[{"number": number}], lawful_basis="contract"
        )
    await _filled(visit, number, "ambiguous")


async def _unknown(visit: Visit) -> None:
    await _filled(visit, visit.number(), "unknown")


async def _withheld(visit: Visit) -> None:
    await _filled(visit, None, "withheld")


async def _ended(visit: Visit) -> None:
    card = await _filled(visit, visit.number(), "unknown")
    session = await card.get_attribute("data-call")
    for event in ("answer", "hangup"):
        await visit.outside.ask(f"/calls/{session}/{event}", {})
    await expect(visit.page.locator(f".ended[data-call='{session}']")).to_be_visible()


async def _conversation(visit: Visit, words: str = "") -> str:
    """Somebody wrote, and was answered; gives their number."""
    number = visit.number()
    await _live(visit)
    await visit.texts(number, words or SAID[visit.desk.language])
    await visit.page.locator("#conversations button", has_text=number).click()
    await expect(visit.page.locator("#consent-state li").first).to_be_visible()
    return number


async def _answered(visit: Visit) -> None:
    await _conversation(visit)
    await visit.page.fill("#answer textarea", SAID[visit.desk.language])
    await expect(visit.page.locator("#size")).not_to_be_empty()
    await visit.page.click("#answer button")
    await expect(visit.page.locator("#thread li.out").first).to_be_visible()
    await visit.page.fill("#answer textarea", SAID[visit.desk.language])
    await expect(visit.page.locator("#size")).not_to_be_empty()


async def _stopped(visit: Visit) -> None:
    number = await _conversation(visit)
    await visit.texts(number, "STOP")
    await expect(visit.page.locator("#consent-state")).to_contain_text("⛔")
    await visit.page.fill("#answer textarea", SAID[visit.desk.language])
    await expect(visit.page.locator("#answer button")).to_be_disabled()


async def _suspected(visit: Visit) -> None:
    await _conversation(visit, "I get too many of these, please stop")


async def _long(visit: Visit) -> None:
    number = visit.number()
    await asyncio.gather(*(visit.texts(number, f"Text {n} of many") for n in range(MANY)))
    await _live(visit)
    await visit.page.locator("#conversations button", has_text=number).click()


async def _lost(visit: Visit) -> None:
    page = visit.page
    visit.stack.push_async_callback(page.unroute, "**/v1/live")
    await page.route("**/v1/live", lambda route: route.fulfill(status=503))
    await visit.desk.open("/")
    told = {"en": "Connection lost", "ar": "انقطع الاتصال"}[visit.desk.language]
    await expect(page.locator("#state")).to_contain_text(told)


def _on_live(name: str, shows: str, reach: Reach) -> Sight:
    return Sight(name, "/", "live.html", shows, "agent", reach)


LIVE = (
    Sight("nobody calls", "/", "live.html", "#nothing", "newcomer", _live),
    _on_live("a call rings", "[data-call] .pending", _ringing),
    _on_live("a known caller", "#calls .risk .parts", _known),
    _on_live("one of several", "[data-outcome=ambiguous]", _ambiguous),
    _on_live("an unknown caller", "[data-outcome=unknown]", _unknown),
    _on_live("a withheld number", "[data-outcome=withheld]", _withheld),
    _on_live("a call has ended", "#calls .ended", _ended),
    _on_live("a conversation", "#conversation #tell", _answered),
    _on_live("a stop", "#conversation #verdict", _stopped),
    _on_live("a stop, perhaps", "#decide", _suspected),
    _on_live("a long conversation", "#older", _long),
    _on_live("the connection is lost", "#state", _lost),
)
