"""A real browser that opens the console's pages, and axe, which reads them as people would who
have no mouse, see no colours, or see nothing. Where no browser can be had, tests are skipped."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, Page, async_playwright

from deploy.local import browser
from deploy.local.browser import Browser, Unavailable
from tests.support.platform import Outside

SLOW_MS = 20_000
SIZES = {"phone": (320, 640), "desktop": (1280, 900)}
SCHEMES = ("light", "dark")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_JUDGE = "rules => axe.run({runOnly: rules, resultTypes: ['violations']})"
_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="session")
def installed() -> Browser:
    """Fetched once; it takes a minute the first time."""
    try:
        return browser.install(print)
    except Unavailable as error:
        pytest.skip(f"there is no browser to test with: {error}")


@pytest_asyncio.fixture
async def chromium(installed: Browser) -> AsyncIterator[Chromium]:
    """A browser for one test; it sees our pages alone. Root has no sandbox, so it goes without."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(
            executable_path=installed.executable,
            env=dict(installed.environment),
            chromium_sandbox=False,
        )
        yield running
        await running.close()


class Desk:
    """Somebody who sits before the console; what the page complains of is collected."""

    def __init__(self, page: Page, axe: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        self._axe = axe
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self._hear(said.type, said.text))

    def _hear(self, kind: str, text: str) -> None:
        if "Content Security Policy" in text or (kind == "error" and "status of" not in text):
            self.complaints.append(text)

    async def sign_in(self, login: dict[str, str]) -> None:
        """With the form, as a person does."""
        await self.page.fill("[name=email]", login["email"])
        await self.page.fill("[name=password]", login["password"])
        await self.page.click("#sign-in button")
        await self.page.wait_for_selector("#sign-out")

    async def open(self, path: str) -> None:
        """Goes to a page of the console."""
        await self.page.goto(path)

    async def accessible(self, where: str) -> None:
        """No rule is broken, and nothing runs out of the side, whatever the size and the scheme."""
        if not await self.page.evaluate("typeof axe !== 'undefined'"):
            await self.page.evaluate(self._axe)
        for size, (width, height) in SIZES.items():
            await self.page.set_viewport_size({"width": width, "height": height})
            assert not await self.page.evaluate(_TOO_WIDE), f"{where}, {size}: it is too wide"
            for scheme in SCHEMES:
                await self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                found = await self.page.evaluate(_JUDGE, list(RULES))
                assert not found["violations"], f"{where}, {size}, {scheme}: {_told(found)}"
        assert self.complaints == [], where


def _told(found: dict[str, Any]) -> str:
    return "; ".join(
        f"{rule['id']}: {node['html'][:200]} ({node['failureSummary']})"
        for rule in found["violations"]
        for node in rule["nodes"][:3]
    )


class Desks:
    """Desks at the console of a platform."""

    def __init__(self, chromium: Chromium, axe: str, outside: Outside) -> None:
        self._chromium = chromium
        self._axe = axe
        self.outside = outside

    @asynccontextmanager
    async def desk(self, tenant: str, role: str | None = None) -> AsyncIterator[Desk]:
        """One of its own, with nobody or with somebody of a tenant signed in."""
        language = {"demointerkey": "ar-SA"}.get(tenant, "en-GB")
        context: BrowserContext = await self._chromium.new_context(
            base_url=self.outside.platform.console_url,
            locale=language,
            viewport={"width": 1280, "height": 900},
            reduced_motion="reduce",
        )
        context.set_default_timeout(SLOW_MS)
        desk = Desk(await context.new_page(), self._axe)
        try:
            await desk.open("/")
            if role:
                await desk.sign_in(self.outside.platform.tenants[tenant]["logins"][role])
            yield desk
        finally:
            await context.close()


@pytest_asyncio.fixture
async def desks(chromium: Chromium, installed: Browser, outside: Outside) -> Desks:
    """Desks at the console of the running platform."""
    return Desks(chromium, installed.axe, outside)
