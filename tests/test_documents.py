"""The pages in Markdown: each link leads somewhere, and no page of the console is forgotten."""

import re
from pathlib import Path

import pytest

from services.gateway.domain.roles import SCOPES
from services.gateway.pages.navigation import PLACES, Place
from tests.support.documents import ROOT, Link, anchors, broken, links, pages


def test_every_link_leads_somewhere() -> None:
    found = [link for page in pages() for link in links(page)]
    assert len(found) > 100
    assert [fault for link in found if (fault := broken(link))] == []


@pytest.mark.parametrize("target", ["gone.md", "README.md#gone", "../outside.md", "docs/#gone"])
def test_a_link_that_leads_nowhere_is_found(target: str) -> None:
    assert broken(Link(ROOT / "README.md", "", target))


def test_what_stands_in_code_is_no_link(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("`[a](b)` [`c`](d.md) ![e f](g.svg)\n```\n[h](i)\n```\n")
    assert [link[1:] for link in links(page)] == [("`c`", "d.md", False), ("e f", "g.svg", True)]


def test_anchors_are_made_as_they_are_shown(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A `key`, twice\n## One\n```\n# none\n```\n## One\n### [Two](x.md) & 3\n")
    assert anchors(page) == {"a-key-twice", "one", "one-1", "two--3"}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.path)
def test_each_page_of_the_console_is_told_of(place: Place) -> None:
    text = (ROOT / "docs" / "console.md").read_text(encoding="utf-8")
    told = re.search(rf"^## .*`{re.escape(place.path)}`$\n\n(For [^.;]+)[.;]", text, re.M)
    assert told, f"docs/console.md has no section for {place.path} that says whom it is for"
    led = {role.value.capitalize() for role, scopes in SCOPES.items() if place.scope in scopes}
    assert set(re.findall("Admin|Agent|Auditor", told[1])) == led
