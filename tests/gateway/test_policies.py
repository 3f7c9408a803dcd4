"""The operators' policies for everybody: as a page, as JSON, and as the bare text."""

import hashlib
import html
import re
from datetime import date

import pytest

from libs.common import policies
from services.gateway.domain.policy import blocks
from services.gateway.pages import policies as pages
from tests.gateway.house import House, problem

NAMES = sorted(policies.load())
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("name", NAMES)
async def test_everybody_reads_the_policies(house: House, name: str) -> None:
    stranger = house.client(**BROWSER)
    listed = await stranger.get("/policies")
    assert listed.status_code == 200
    assert f'href="/policies/{name}"' in listed.text
    answer = await stranger.get(f"/policies/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    for page in ("/", "/invitation"):
        assert 'href="/policies"' in (await stranger.get(page)).text


@pytest.mark.parametrize("name", NAMES)
async def test_no_word_of_the_text_is_lost_on_the_page(house: House, name: str) -> None:
    text = policies.load()[name].current.text
    page = (await house.client(**BROWSER).get(f"/policies/{name}")).text
    article = page.partition("<article>")[2].partition("</article>")[0]
    shown = html.unescape(re.sub(r"<[^>]+>", " ", article)).split()
    assert shown == [word for word in text.split() if word not in {"-", "•"}]
    assert article.count("<h2>") == 11
    assert "<li>" in article


async def test_the_page_says_which_text_it_is_and_since_when(house: House) -> None:
    page = (await house.client(**BROWSER).get("/policies/intnet-iq")).text
    version = policies.load()["intnet-iq"].current
    assert re.search(r"<dt>Last Updated</dt>\s*<dd>2026-04-07</dd>", page)
    assert re.search(r"<dt>Version</dt>\s*<dd>1</dd>", page)
    assert version.sha256 in page
    other = (await house.client(**BROWSER).get("/policies/interkey-connect")).text
    assert "names no date; posted here on 2026-11-22" in html.unescape(other)


@pytest.mark.parametrize("name", NAMES)
async def test_the_hash_is_that_of_the_text_that_is_served(house: House, name: str) -> None:
    stranger = house.client()
    told = (await stranger.get(f"/policies/{name}", headers={"Accept": "application/json"})).json()
    plain = await stranger.get(f"/policies/{name}", headers={"Accept": "text/plain"})
    assert hashlib.sha256(plain.content).hexdigest() == told["sha256"]
    assert told["text"].encode() == plain.content
    assert (told["version"], told["current"], told["versions"]) == ("1", True, ["1"])
    listed = (await stranger.get("/policies", headers={"Accept": "application/json"})).json()
    assert {one["name"]: one["sha256"] for one in listed["data"]}[name] == told["sha256"]
    assert "text" not in listed["data"][0]


async def test_who_has_it_already_is_told_so(house: House) -> None:
    stranger = house.client()
    tags = set()
    for accept in ("text/html", "application/json", "text/plain"):
        first = await stranger.get("/policies/intnet-iq", headers={"Accept": accept})
        tag = {"Accept": accept, "If-None-Match": first.headers["etag"]}
        again = await stranger.get("/policies/intnet-iq", headers=tag)
        assert (again.status_code, again.content) == (304, b"")
        assert first.headers["vary"] == "Accept"
        tags.add(first.headers["etag"])
    assert len(tags) == 3


async def test_former_versions_stay_readable(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = policies.load()["intnet-iq"]
    first = policy.current
    second = first.model_copy(
        update={"version": "2", "text": "1. New\nWords.", "updated": date(2027, 1, 10)}
    )
    both = policy.model_copy(update={"versions": (first, second)})
    monkeypatch.setitem(pages.POLICIES, "intnet-iq", both)
    stranger = house.client(**BROWSER)
    assert "<p>Words.</p>" in (await stranger.get("/policies/intnet-iq")).text
    former = (await stranger.get("/policies/intnet-iq", params={"version": "1"})).text
    assert "committed to protecting your data" in former
    assert 'replaced by <a href="/policies/intnet-iq">version 2</a>' in former
    assert 'href="/policies/intnet-iq?version=2"' in former


@pytest.mark.parametrize("path", ["/policies/acme", "/policies/intnet-iq?version=9"])
async def test_what_is_not_there_is_404(house: House, path: str) -> None:
    answer = await house.client().get(path)
    assert (answer.status_code, problem(answer)) == (404, "not_found")


@pytest.mark.parametrize("path", ["/policies/acme", "/nowhere", "/v1/none"])
async def test_a_browser_is_told_so_in_words_and_shown_the_way(house: House, path: str) -> None:
    arabic = house.client(**BROWSER, **{"Accept-Language": "ar"})
    answer = await arabic.get(path)
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
    assert answer.headers["content-security-policy"]
    for said in ("لا يوجد شيء كهذا.", 'href="/"', 'dir="rtl"'):
        assert said in answer.text
    sent = await arabic.put(path)
    assert "text/html" not in sent.headers["content-type"]


async def test_a_stranger_gets_no_cookie(house: House) -> None:
    for path in ("/", "/invitation", "/policies", "/policies/intnet-iq", "/static/console.js"):
        assert "set-cookie" not in (await house.client().get(path)).headers


def test_a_text_is_headings_lists_and_paragraphs() -> None:
    text = "1. One\n\nWords - of it.\n  • a\n  • b\n\na. Part\n- c\n2. Two"
    assert [(block.kind, block.lines) for block in blocks(text)] == [
        ("section", ("1. One",)),
        ("text", ("Words - of it.",)),
        ("item", ("a", "b")),
        ("part", ("a. Part",)),
        ("item", ("c",)),
        ("section", ("2. Two",)),
    ]
