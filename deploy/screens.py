"""Pictures of the console's pages, on the platform that `make run` keeps up.

`python -m deploy.screens` writes them into `.local/screens`: each agency in its own language, light
on a desk and dark on a telephone. Pictures are made anew and never kept with the code.
"""

import asyncio
import json
import sys
from typing import Any

from playwright.async_api import Browser, async_playwright

from deploy.local import browser
from deploy.local.cache import ROOT

PAGES = ("", "customers", "imports", "requests?every=true", "users", "usage", "audit")
SHAPES: dict[str, dict[str, Any]] = {
    "desk-light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "phone-dark": {"viewport": {"width": 320, "height": 800}, "color_scheme": "dark"},
}
STACK, OUT = ROOT / ".local" / "stack.json", ROOT / ".local" / "screens"


async def main(stack: dict[str, Any]) -> None:
    """One picture for each page, agency and shape."""
    installed = browser.install(print)
    OUT.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=installed.executable,
            env=dict(installed.environment),
            chromium_sandbox=False,
        )
        for tenant, told in stack["tenants"].items():
            for shape in SHAPES:
                await _agency(chromium, stack["public_url"], told["logins"]["admin"], tenant, shape)
        await chromium.close()


async def _agency(
    chromium: Browser, url: str, login: dict[str, str], tenant: str, shape: str
) -> None:
    context = await chromium.new_context(base_url=url, **SHAPES[shape])
    page = await context.new_page()
    await page.goto("/")
    await page.fill("[name=email]", login["email"])
    await page.fill("[name=password]", login["password"])
    await page.click("#sign-in button")
    await page.wait_for_selector("#sign-out")
    for path in PAGES:
        await page.goto(f"/{path}")
        named = path.partition("?")[0] or "live"
        file = OUT / f"{tenant}-{named}-{shape}.png"
        await page.screenshot(path=file, full_page=True)
        print(file.relative_to(ROOT))
    await context.close()


if __name__ == "__main__":
    if not STACK.exists():
        sys.exit("Nothing runs here: `make run` first.")
    asyncio.run(main(json.loads(STACK.read_text())))
