"""The pages in Markdown: where they are, what they link to, and whether it is there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

ROOT = Path(__file__).parents[2]
_HIDDEN = {".git", ".venv", ".local", ".hypothesis"}
_FENCE = re.compile(r"^```.*?^```", re.M | re.S)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.+?)\s*$", re.M)


class Link(NamedTuple):
    """What stands on `page`; `text` is what is told in place of a picture."""

    page: Path
    text: str
    target: str
    image: bool = False


def pages() -> list[Path]:
    """All of the repository."""
    found = ROOT.rglob("*.md")
    return sorted(p for p in found if not _HIDDEN & set(p.relative_to(ROOT).parts))


def links(page: Path) -> Iterator[Link]:
    """Those of a page; what stands in code is none."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    text = _CODE.sub(lambda code: re.sub(r"[\[\]()]", "", code[0]), text)
    for match in _LINK.finditer(text):
        yield Link(page, match["text"], match["target"], bool(match["image"]))


def anchors(page: Path) -> set[str]:
    """Of its headings, as GitHub names them."""
    found: list[str] = []
    for heading in _HEADING.findall(_FENCE.sub("", page.read_text(encoding="utf-8"))):
        shown = _LINK.sub(lambda link: link["text"], heading)
        found.append(re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-"))
    again = ((name, found[:place].count(name)) for place, name in enumerate(found))
    return {f"{name}-{times}" if times else name for name, times in again}


def broken(link: Link) -> str | None:
    """Why it leads nowhere in this repository, if it does not; other sites are not asked."""
    if re.match(r"[a-z]+:", link.target):
        return None
    path, _, anchor = unquote(link.target).partition("#")
    place = (link.page.parent / path).resolve() if path else link.page
    where = link.page.relative_to(ROOT)
    if not place.is_relative_to(ROOT) or not place.exists():
        return f"{where}: there is no {path}"
    if anchor and (place.suffix != ".md" or anchor not in anchors(place)):
        return f"{where}: {place.name} has no heading #{anchor}"
    return None
