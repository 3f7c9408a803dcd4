"""What judges the pages finds what is wrong: each fault is put into a page that is right."""

import pytest

from tests.support.browser import SIZES, Desks
from tests.support.platform import SA, US

pytestmark = pytest.mark.timeout(180)

END = "document.querySelector('main').insertAdjacentHTML('beforeend', `{}`)"
STYLE = "Object.assign(document.querySelector('h1').style, {})"
FAULTS = {
    "a picture without words": (END.format("<img src='/static/icon.svg'>"), "image-alt"),
    "a field without a name": (END.format("<input>"), "label"),
    "a heading that skips": (END.format("<h5>Deep</h5>"), "heading-order"),
    "faint words": (STYLE.format("{color: 'light-dark(#aaa, #555)'}"), "has a contrast of"),
    "a wide page": (STYLE.format("{inlineSize: '2000px'}"), "px wide"),
    "words that are cut": (
        STYLE.format("{inlineSize: '1rem', overflow: 'hidden', whiteSpace: 'nowrap'}"),
        "cut off",
    ),
    "another language": ("document.documentElement.lang = 'fr'", "its language is fr"),
    "the other direction": ("document.documentElement.dir = 'ltr'", "does not run rtl"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_is_found(desks: Desks, fault: str) -> None:
    breaks, told = FAULTS[fault]
    async with desks.desk(SA) as desk:
        await desk.page.evaluate(f"() => {{ {breaks} }}")
        found = await desk.findings(desk.language)
        assert any(told in one for one in found), found
        with pytest.raises(AssertionError):
            await desk.accessible(fault)


async def test_faint_words_are_found_in_the_scheme_that_they_are_faint_in(desks: Desks) -> None:
    async with desks.desk(US) as desk:
        for scheme, colours in (("light", "#aaa, #eee"), ("dark", "#111, #333")):
            await desk.page.evaluate(STYLE.format(f"{{color: 'light-dark({colours})'}}"))
            found = await desk.findings(desk.language)
            assert {one.split(":")[0] for one in found} == {f"{size}, {scheme}" for size in SIZES}
            assert any("color-contrast" in one for one in found)
