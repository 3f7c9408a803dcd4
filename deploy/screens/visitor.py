"""Somebody of a demo agency who has signed in, in a Chromium of our own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from deploy.local.browser import Browser as Installed


@asynccontextmanager
async def launched(installed: Installed) -> AsyncIterator[Browser]:
    """The locked one, with its own fonts; root has no sandbox, so it goes without."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(
            executable_path=installed.executable,
            env=dict(installed.environment),
            chromium_sandbox=False,
        )
        yield running
        await running.close()


@asynccontextmanager
async def signed_in(
    running: Browser, url: str, login: dict[str, str], **shape: Any
) -> AsyncIterator[Page]:
    """A page of their own; `shape` is what a browser context takes."""
    context = await running.new_context(base_url=url, **shape)
    page = await context.new_page()
    await page.goto("/")
    await sign_in(page, login)
    yield page
    await context.close()


async def sign_in(page: Page, login: dict[str, str]) -> None:
    """With the form, as a person does."""
    await page.fill("[name=email]", login["email"])
    await page.fill("[name=password]", login["password"])
    await page.click("#sign-in button")
    await page.wait_for_selector("#sign-out")
