"""A page as a drawing that is text: Chromium prints it, MuPDF turns the print into SVG.

Letters are outlines, so that it looks the same wherever it is shown, Arabic too, and needs no font.
"""

from importlib.util import find_spec

from playwright.async_api import Page

from deploy.screens.tidying import tidied

COMMAND = ".local/tools/bin/uv run --group docs python -m deploy.screens --docs"
_HEIGHT = "Math.ceil(document.documentElement.getBoundingClientRect().height)"
_SCHEME = "matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'"
# Chromium prints in light colours where a page leaves it the choice.
_KEEP = "scheme => { document.documentElement.style.colorScheme = `only ${scheme}` }"


class Missing(Exception):
    """A drawing cannot be made here."""


async def draw(page: Page, title: str) -> str:
    """The whole page as it is on the screen."""
    size = page.viewport_size
    assert size is not None  # noqa: S101 - whoever opens the page gives it one
    height = await page.evaluate(_HEIGHT)
    scheme = await page.evaluate(_SCHEME)
    await page.emulate_media(media="screen")
    await page.evaluate(_KEEP, scheme)
    printed = await page.pdf(
        width=f"{size['width']}px",
        height=f"{height + 1}px",  # what is as high as its paper may be cut in two
        print_background=True,
        page_ranges="1",
    )
    return tidied(_svg(printed), title, (size["width"], height))


def require() -> None:
    """Raises Missing: the group `docs` is not installed."""
    if find_spec("pymupdf") is None:
        raise Missing(f"Drawings need the dependency group `docs`: {COMMAND}")


def _svg(printed: bytes) -> str:
    import pymupdf  # here, since those who take no drawings have it not

    with pymupdf.open(stream=printed) as paper:
        drawn: str = paper[0].get_svg_image(text_as_path=True)
        return drawn
