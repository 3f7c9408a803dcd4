"""Pictures of the console are text: small, whole, and nothing but outlines."""

import re
from pathlib import Path
from xml.etree import ElementTree as Tree

import pytest

from deploy.screens.outline import shortened
from deploy.screens.scenes import SCENES
from deploy.screens.tidying import SVG, tidied
from tests.support.documents import ROOT, links, pages

DRAWN = {"svg", "title", "defs", "clipPath", "path", "g", "use"}
MOST_BYTES = 180_000
DRAWINGS = sorted((ROOT / "docs").rglob("*.svg"))
PRINTED = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"
 width="9" height="9" viewBox="0 0 9 9">
<defs>
<path id="font_2_47" d="M.09700012 0V.71400451H.18699646L.5 .25Z"/>
<g id="font_4_1"><path transform="matrix(.001,0,0,-.001,0,0)" d="M10.4 0 20.6 5Z"/></g>
</defs>
<g inkscape:label="page">
<path transform="matrix(.75,0,0,.75,0,0)" d="M0 0H1280.126V900H0Z" fill="#fff"/>
<use data-text="L" xlink:href="#font_2_47" transform="matrix(12,0,0,-12,12,33.75)" fill="#16191d"/>
<use data-text=" " xlink:href="#font_2_47" transform="matrix(12,0,0,-12,18,33.75)" fill="#16191d"/>
<use data-text="x" xlink:href="#font_4_1" transform="matrix(12,0,0,-12,24,33.75)" fill="#16191d"/>
<use data-text="L" xlink:href="#font_2_47" transform="matrix(12,0,0,-12,12,60)" fill="#16191d"/>
</g></svg>"""


def faults(drawing: str) -> list[str]:
    """What a picture may not have: programs, pixels, and anything from elsewhere."""
    found = ["a declaration"] if "<!" in drawing or "<?" in drawing else []
    for element in Tree.fromstring(drawing).iter():
        name = element.tag.rpartition("}")[2]
        found += [] if name in DRAWN else [name]
        for key, value in element.attrib.items():
            plain = key.rpartition("}")[2].lower()
            away = plain in {"href", "src"} and not value.startswith("#")
            away |= "url(" in value.replace("url(#", "") or "data:" in value.lower()
            if away or plain.startswith("on") or plain == "style":
                found.append(plain)
    return found


@pytest.mark.parametrize("file", DRAWINGS, ids=lambda file: file.stem)
def test_a_picture_is_text_and_all_of_itself(file: Path) -> None:
    drawing = file.read_text(encoding="utf-8")
    assert faults(drawing) == []
    assert len(drawing.encode()) <= MOST_BYTES
    root = Tree.fromstring(drawing)
    there = {f"#{element.get('id')}" for element in root.iter()}
    used = {str(element.get("href")) for element in root.iter(f"{{{SVG}}}use")}
    assert len(used) > 30
    assert used <= there


@pytest.mark.parametrize(
    "wrong",
    [
        "<script/>",
        "<style/>",
        "<foreignObject/>",
        '<image href="#a"/>',
        '<use href="https://example.com/#a"/>',
        '<g onclick="go()"/>',
        '<g fill="url(https://example.com/#a)"/>',
        '<g style="color: red"/>',
    ],
)
def test_a_picture_that_is_more_than_one_is_found(wrong: str) -> None:
    assert len(faults(f'<svg xmlns="{SVG}"><g>{wrong}</g></svg>')) == 1


def test_every_picture_is_of_a_scene_is_shown_and_is_told_in_words() -> None:
    assert {file.stem for file in DRAWINGS} == {scene.name for scene in SCENES}
    images = [link for page in pages() for link in links(page) if link.image]
    shown = {(link.page.parent / link.target).resolve() for link in images}
    assert set(DRAWINGS) == {place for place in shown if place.suffix == ".svg"}
    assert [link for link in images if len(link.text.split()) < 5] == []


def test_letters_of_a_line_stand_together_and_blanks_go() -> None:
    root = Tree.fromstring(tidied(PRINTED, "A <title>", (1280, 900)))
    assert (root.get("width"), root.get("viewBox")) == ("1280", "0 0 960 675")
    assert root.findtext(f"{{{SVG}}}title") == "A <title>"
    first, second = root.findall(f"{{{SVG}}}g/{{{SVG}}}g")
    assert first.get("transform") == "matrix(0.012 0 0 -0.012 12 33.75)"
    assert [dict(use.attrib) for use in first] == [{"href": "#g0"}, {"href": "#g1", "x": "1000"}]
    assert [use.get("href") for use in second] == ["#g0"]
    assert faults(tidied(PRINTED, "title", (1280, 900))) == []


def test_a_letter_that_is_drawn_in_parts_keeps_its_scale() -> None:
    root = Tree.fromstring(tidied(PRINTED, "title", (1280, 900)))
    whole, parts = root.findall(f"{{{SVG}}}defs/*")
    assert whole.get("d") == "m97 0v714h90l313-464z"
    assert parts.get("transform") == "scale(1000)"
    assert parts[0].get("d") == "m10 0 11 5z"


@pytest.mark.parametrize(
    ("path", "short"),
    [
        ("M0 0H4V3H0Z", "m0 0h4v3h-4z"),
        ("M1 1 2 2 3 1ZM5 5L6 6", "m1 1 1 1 1-1zm4 4l1 1"),
        ("M.4 0L.8 0L1.2 0L1.6 0", "m0 0l1 0l0 0l1 0"),
        ("M0 0C0 1 1 2 2 2 3 2 4 1 4 0Z", "m0 0c0 1 1 2 2 2 1 0 2-1 2-2z"),
    ],
)
def test_a_path_goes_on_from_where_it_is(path: str, short: str) -> None:
    assert shortened(path) == short


def test_digits_that_show_are_kept() -> None:
    assert shortened("M131.39063 102H214.39063", digits=1) == "m131.4 102h83"
    assert re.fullmatch("m97 0v714h90", shortened("M.097 0V.714H.187", 1000))
