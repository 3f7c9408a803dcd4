"""Every page, as its Admin sees it, for the eye alone."""

from typing import Any

from playwright.async_api import Browser

from deploy.local.cache import ROOT
from deploy.screens.visitor import signed_in
from services.gateway.pages.navigation import PLACES

SHAPES: dict[str, dict[str, Any]] = {
    "desk-light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "phone-dark": {"viewport": {"width": 320, "height": 800}, "color_scheme": "dark"},
}
MORE = {"/requests": "?every=true"}
OUT = ROOT / ".local" / "screens"


async def take(running: Browser, stack: dict[str, Any]) -> None:
    """One picture for each page, agency and shape."""
    OUT.mkdir(parents=True, exist_ok=True)
    for tenant, told in stack["tenants"].items():
        for shape, values in SHAPES.items():
            login = told["logins"]["admin"]
            async with signed_in(running, stack["public_url"], login, **values) as page:
                for place in PLACES:
                    await page.goto(place.path + MORE.get(place.path, ""))
                    file = OUT / f"{tenant}-{place.word}-{shape}.png"
                    await page.screenshot(path=file, full_page=True)
                    print(file.relative_to(ROOT))
