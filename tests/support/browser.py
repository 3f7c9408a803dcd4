"""A real browser that opens the console's pages, and axe, which reads them as people would who
have no mouse, see no colours, or see nothing. Where no browser can be had, tests are skipped."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, Page, expect

from deploy.local import browser
from deploy.local.browser import Browser, Unavailable
from deploy.screens.visitor import launched, sign_in
from tests.support.platform import Outside

SLOW_MS = 20_000
"""What waits, waits so long at the most: two browsers and two platforms share the machine."""
SIZES = {"phone": (320, 640), "desktop": (1280, 900)}
SCHEMES = ("light", "dark")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
DIRECTIONS = {"en": "ltr", "ar": "rtl"}
_SPOKEN = {"demointerkey": "ar-SA"}
_JUDGE = """async rules => {
  const found = await axe.run({runOnly: rules, resultTypes: ['violations', 'incomplete']});
  const scrolls = ({target}) => document.querySelector(target[0])?.closest('.scroll, #thread');
  const sign = ({any}) => any.some(({data}) => data?.messageKey === 'nonBmp');
  const contrast = found.incomplete.filter((rule) => rule.id === 'color-contrast');
  for (const rule of contrast) {
    rule.nodes = rule.nodes.filter((node) => !scrolls(node) && !sign(node));
  }
  return [...found.violations, ...contrast];
}"""
_LAYOUT = Path(__file__).with_name("layout.js").read_text()

expect.set_options(timeout=SLOW_MS)


@pytest.fixture(scope="session")
def installed() -> Browser:
    """Fetched once; it takes a minute the first time."""
    try:
        return browser.install(print)
    except Unavailable as error:
        pytest.skip(f"there is no browser to test with: {error}")


@pytest_asyncio.fixture
async def chromium(installed: Browser) -> AsyncIterator[Chromium]:
    """A browser for one test."""
    async with launched(installed) as running:
        yield running


class Desk:
    """Somebody who sits before the console; what the page complains of is collected."""

    def __init__(self, page: Page, axe: str, language: str = "en") -> None:
        self.page = page
        self.language = language
        self.complaints: list[str] = []
        self._axe = axe
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self._hear(said.type, said.text))

    def _hear(self, kind: str, text: str) -> None:
        if "Content Security Policy" in text or (kind == "error" and "status of" not in text):
            self.complaints.append(text)

    async def sign_in(self, login: dict[str, str]) -> None:
        """With the form, as a person does."""
        await sign_in(self.page, login)

    async def open(self, path: str) -> None:
        """Goes to a page of the console."""
        await self.page.goto(path)

    async def accessible(self, where: str, language: str | None = None) -> None:
        """No rule is broken, and all can be read, whatever the size and the scheme.

        `language` is the page's, where it is not that of who sits here.
        """
        assert await self.findings(language or self.language) == [], where
        assert self.complaints == [], where

    async def findings(self, language: str) -> list[str]:
        """What keeps somebody from using the page, in each size and each scheme.

        A contrast that axe cannot tell counts, too, but for what a region has scrolled away,
        and for signs that stand beside words.
        """
        if not await self.page.evaluate("typeof axe !== 'undefined'"):
            await self.page.evaluate(self._axe)
        wanted = {"language": language, "direction": DIRECTIONS[language]}
        found: list[str] = []
        for size, (width, height) in SIZES.items():
            await self.page.set_viewport_size({"width": width, "height": height})
            for scheme in SCHEMES:
                await self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                broken = _told(await self.page.evaluate(_JUDGE, list(RULES)))
                unread = await self.page.evaluate(_LAYOUT, wanted)
                found += [f"{size}, {scheme}: {told}" for told in (*broken, *unread)]
        return found


def _told(broken: list[dict[str, Any]]) -> list[str]:
    return [
        f"{rule['id']}: {node['html'][:200]} ({node['failureSummary']})"
        for rule in broken
        for node in rule["nodes"][:3]
    ]


class Desks:
    """Desks at the console of a platform."""

    def __init__(self, chromium: Chromium, axe: str, outside: Outside) -> None:
        self._chromium = chromium
        self._axe = axe
        self.outside = outside

    @asynccontextmanager
    async def desk(self, tenant: str, role: str | None = None) -> AsyncIterator[Desk]:
        """One of its own, with nobody or with somebody of a tenant signed in."""
        async with self.seat(_SPOKEN.get(tenant, "en-GB")) as desk:
            if role:
                await desk.sign_in(self.outside.platform.tenants[tenant]["logins"][role])
            yield desk

    @asynccontextmanager
    async def seat(self, locale: str) -> AsyncIterator[Desk]:
        """A desk with nobody signed in, whose browser asks for pages in a language."""
        context: BrowserContext = await self._chromium.new_context(
            base_url=self.outside.platform.console_url,
            locale=locale,
            viewport={"width": 1280, "height": 900},
            reduced_motion="reduce",
        )
        context.set_default_timeout(SLOW_MS)
        desk = Desk(await context.new_page(), self._axe, locale.partition("-")[0])
        try:
            await desk.open("/")
            yield desk
        finally:
            await context.close()


@pytest_asyncio.fixture
async def desks(chromium: Chromium, installed: Browser, outside: Outside) -> Desks:
    """Desks at the console of the running platform."""
    return Desks(chromium, installed.axe, outside)
