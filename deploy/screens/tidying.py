"""A drawing without what nobody sees of it, a fifth of the size: `tidied` is pure.

MuPDF writes each letter as a `use` with a matrix of its own and eight digits. Here the letters of a
line stand in a group that has its place and colour, and outlines are whole thousandths of a letter.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple
from xml.etree import ElementTree as Tree

from deploy.screens.outline import bare, shortened

SVG = "http://www.w3.org/2000/svg"
_HREF = "{http://www.w3.org/1999/xlink}href"
_EM = 1000  # an outline's units to the size of its letter
_POINT = 72 / 96


class Letter(NamedTuple):
    """Where it is drawn: scales and shears, then its place in points."""

    scale: tuple[float, float, float, float]
    left: float
    base: float
    fill: str
    outline: str


def tidied(svg: str, title: str, size: tuple[int, int]) -> str:
    """MuPDF's drawing, with a title and its size in pixels."""
    Tree.register_namespace("", SVG)
    root = Tree.fromstring(svg)  # noqa: S314 - our own print
    for path in root.iterfind(f"{{{SVG}}}g//{{{SVG}}}path"):
        path.set("d", shortened(path.attrib["d"], digits=1))
    names = _outlines(root)
    for parent in list(root.iter()):
        parent[:] = list(_lines(parent, names))
    return _written(root, title, size)


def _outlines(root: Tree.Element) -> dict[str, str]:
    """Makes outlines whole numbers; short names for theirs."""
    names: dict[str, str] = {}
    for outline in root.iterfind(f"{{{SVG}}}defs/*[@id]"):
        if not outline.attrib["id"].startswith("font_"):
            continue
        name = names["#" + outline.attrib["id"]] = f"g{len(names)}"
        outline.set("id", name)
        if "d" in outline.attrib:
            outline.set("d", shortened(outline.attrib["d"], _EM))
        else:  # a letter that is drawn in parts, on a scale of its own
            outline.set("transform", f"scale({_EM})")
            for part in outline:
                part.set("d", shortened(part.attrib["d"]))
    return names


def _lines(parent: Tree.Element, names: dict[str, str]) -> Iterator[Tree.Element]:
    """The children, those letters together that share a line."""
    for line, children in groupby(parent, _line):
        if line is None:
            yield from children
            continue
        letters = [_letter(child) for child in children if child.get("data-text", "").strip()]
        if letters:
            yield _group(letters, names)


def _line(child: Tree.Element) -> tuple[object, ...] | None:
    """What letters of one line have in common; None for what is no letter."""
    if child.tag != f"{{{SVG}}}use":
        return None
    letter = _letter(child)
    upright = letter.scale[1] == letter.scale[2] == 0
    return (letter.scale, letter.base, letter.fill, None if upright else letter.left)


def _letter(use: Tree.Element) -> Letter:
    a, b, c, d, left, base = map(float, use.attrib["transform"][7:-1].split(","))
    return Letter((a, b, c, d), left, base, use.get("fill", ""), use.attrib[_HREF])


def _group(letters: list[Letter], names: dict[str, str]) -> Tree.Element:
    first = letters[0]
    matrix = [
        *(f"{one / _EM:.5g}" for one in first.scale),
        bare(first.left, 2),
        bare(first.base, 2),
    ]
    group = Tree.Element(f"{{{SVG}}}g", transform=f"matrix({' '.join(matrix)})", fill=first.fill)
    for letter in letters:
        use = Tree.SubElement(group, f"{{{SVG}}}use", href=f"#{names[letter.outline]}")
        if letter is not first:
            use.set("x", f"{(letter.left - first.left) / first.scale[0] * _EM:.0f}")
    return group


def _written(root: Tree.Element, title: str, size: tuple[int, int]) -> str:
    width, height = size
    box = f"0 0 {width * _POINT:g} {height * _POINT:g}"
    root.attrib.clear()
    root.attrib.update(width=str(width), height=str(height), viewBox=box, role="img")
    named = Tree.Element(f"{{{SVG}}}title")
    named.text = title
    root.insert(0, named)
    for element in root.iter():
        element.tail = "" if element.tag == f"{{{SVG}}}use" else "\n"
        for note in [name for name in element.attrib if "inkscape" in name]:
            del element.attrib[note]
        if element.text and not element.text.strip():
            element.text = None
    return Tree.tostring(root, encoding="unicode").replace(" />", "/>")
