"""The pictures of `docs/console`: what happens on each page before it is drawn.

Drawn on a platform that has just been started: cards tell of calls that rang before.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, NamedTuple

import httpx
from playwright.async_api import Browser, Page

from deploy.local.cache import ROOT
from deploy.screens.drawing import draw, require
from deploy.screens.visitor import signed_in

OUT = ROOT / "docs" / "console"
US, SA = "demointnet01", "demointerkey"


class Scene(NamedTuple):
    """Who sits before what; while `play` holds, the page is as it is to be drawn."""

    name: str
    title: str
    tenant: str
    role: str
    width: int
    scheme: str
    play: Callable[[Page, dict[str, Any], str], AbstractAsyncContextManager[None]]


async def take(running: Browser, stack: dict[str, Any]) -> None:
    """Draws them all anew. Raises Missing."""
    require()
    OUT.mkdir(parents=True, exist_ok=True)
    for scene in SCENES:
        login = stack["tenants"][scene.tenant]["logins"][scene.role]
        shape = {"viewport": {"width": scene.width, "height": 400}, "color_scheme": scene.scheme}
        async with (
            signed_in(running, stack["public_url"], login, **shape) as page,
            scene.play(page, stack, scene.tenant),
        ):
            drawing = await draw(page, scene.title)
        file = OUT / f"{scene.name}.svg"
        file.write_text(drawing, encoding="utf-8")
        print(f"{file.relative_to(ROOT)}: {file.stat().st_size / 1000:.0f} kB")


@asynccontextmanager
async def _ringing(page: Page, stack: dict[str, Any], tenant: str) -> AsyncIterator[None]:
    """A call whose card is filled in, with what is held against the customer's staying opened."""
    demo, simulator = stack["tenants"][tenant], stack["simulator"]["url"]
    ring = {**RINGS[tenant], "to": demo["number"], "connection_id": demo["connection"]}
    async with httpx.AsyncClient(base_url=simulator) as outside:
        session = (await outside.post("/calls", json=ring)).json()["session_id"]
        try:
            card = page.locator(f"[data-call='{session}'][data-version='2']")
            await card.locator(".retention summary").click()
            if tenant == US:
                await card.locator(".write").click()
                await page.wait_for_selector("#consent-state li")
            yield
        finally:
            await outside.post(f"/calls/{session}/hangup", json={})


@asynccontextmanager
async def _imported(page: Page, _stack: dict[str, Any], _tenant: str) -> AsyncIterator[None]:
    """What became of the demo file."""
    found = await (await page.request.get("/v1/imports")).json()
    dirty = next(one for one in found["data"] if one["rejected"])
    await page.goto(f"/imports/{dirty['id']}")
    yield


@asynccontextmanager
async def _erased(page: Page, _stack: dict[str, Any], _tenant: str) -> AsyncIterator[None]:
    """The erasure that the demonstration asked for."""
    query = "kind=erasure&status=completed"
    found = await (await page.request.get(f"/v1/privacy/requests?{query}")).json()
    await page.goto(f"/requests/{found['data'][0]['id']}")
    yield


RINGS = {
    US: {"from": "+13035550173", "attestation": "A"},
    SA: {"from": "+966500000971", "attestation": "A"},
}
SCENES = (
    Scene("live", "A call rings, and its card is filled in.", US, "agent", 1280, "light", _ringing),
    Scene("live-phone", "The same in Arabic, on a telephone.", SA, "agent", 320, "dark", _ringing),
    Scene("import", "A file with lines that were refused.", US, "admin", 1024, "light", _imported),
    Scene("erasure", "An erasure and its certificate.", US, "admin", 1024, "light", _erased),
)
