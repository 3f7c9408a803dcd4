import re
from html.parser import HTMLParser

import pytest

from services.gateway.pages import STATIC, texts
from tests.gateway.house import ONE, House


class Read(HTMLParser):
    """What a page is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        script = tag == "script" and "src" not in found
        handlers = any(name.startswith("on") or name == "style" for name in found)
        self.inline |= script or tag == "style" or handlers

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [found for name, found in self.tags if name == tag]


@pytest.mark.parametrize("path", ["/", "/invitation"])
@pytest.mark.parametrize(
    ("asked", "language", "direction"),
    [("en-GB,en;q=0.9", "en", "ltr"), ("ar-SA,ar", "ar", "rtl"), ("fr", "en", "ltr")],
)
async def test_a_stranger_is_met_in_their_language(
    house: House, path: str, asked: str, language: str, direction: str
) -> None:
    answer = await house.client(**{"Accept-Language": asked}).get(path)
    assert answer.status_code == 200
    page = Read(answer.text)
    assert page.all("html") == [{"lang": language, "dir": direction}]
    assert not page.inline
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["cache-control"] == "no-store"


async def test_the_live_page_is_in_the_agencys_language(house: House) -> None:
    house.tenant(ONE, language="ar", name="<b>نجم</b>")
    agent = await house.signed_in(ONE)
    answer = await agent.get("/", headers={"Accept-Language": "en"})
    page = Read(answer.text)
    assert page.all("html") == [{"lang": "ar", "dir": "rtl"}]
    assert "&lt;b&gt;نجم" in answer.text
    assert any(found.get("aria-live") == "polite" for _, found in page.tags)
    assert {"class": "number", "dir": "ltr"} in page.all("bdi")
    assert page.all("details")
    assert not page.inline
    assert not page.all("form")


async def test_every_field_has_a_label(house: House) -> None:
    for path in ("/", "/invitation"):
        html = (await house.client().get(path)).text
        assert len(re.findall(r"<label>[^<]+<input", html)) == html.count("<input")


@pytest.mark.parametrize("name", sorted(STATIC))
async def test_script_and_style_are_served(house: House, name: str) -> None:
    answer = await house.client().get(f"/static/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(("text/css", "text/javascript", "image/svg"))


async def test_nothing_else_is(house: House) -> None:
    for name in ("settings.py", "..%2Fsettings.py", "live.html"):
        assert (await house.client().get(f"/static/{name}")).status_code == 404


def test_each_word_is_said_in_each_language_and_each_is_known() -> None:
    english, arabic = texts.texts_in("en"), texts.texts_in("ar-SA")
    assert set(english) == set(arabic)
    assert all(english.values())
    assert all(arabic.values())
    script = STATIC["console.js"].read_text()
    assert set(re.findall(r"words\.(\w+)", script)) <= set(english)
    assert "innerHTML" not in script
    assert not re.search(r"\b(?:left|right)\b", STATIC["console.css"].read_text())
