import re
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest
from babel import Locale

from services.gateway.pages import STATIC, texts
from services.matcher.domain import reasons as found
from services.matcher.domain.keys import Closeness
from tests.gateway.house import ONE, House

SCRIPTS = {name: file.read_text() for name, file in STATIC.items() if name.endswith(".js")}
STATES = (
    "queued", "sending", "accepted", "sent", "delivered", "undelivered", "failed", "unknown",
    "needs_review", "blocked", "cancelled", "unconfirmed", "received",
)  # fmt: skip
CLASSES = ("promotional", "service", "personal", "one_time_code", "confirmation")
MEANS = ("sms", "api", "csv", "agent", "web", "voice", "paper", "provider")


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


@pytest.mark.parametrize("path", ["/", "/invitation", "/reset"])
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
    assert page.all("html") == [{"lang": "ar", "dir": "rtl", "data-timezone": "UTC"}]
    assert "&lt;b&gt;نجم" in answer.text
    assert any(found.get("aria-live") == "polite" for _, found in page.tags)
    assert {"class": "number", "dir": "ltr"} in page.all("bdi")
    assert page.all("details")
    assert not page.inline
    assert [form["id"] for form in page.all("form")] == ["answer"]


async def test_every_field_has_a_label(house: House) -> None:
    agent = await house.signed_in(ONE)
    for client, path in (
        (house.client(), "/"),
        (house.client(), "/invitation"),
        (house.client(), "/reset"),
        (agent, "/"),
    ):
        html = (await client.get(path)).text
        labelled = re.findall(r"<label>[^<]+<(?:input|select|textarea)", html)
        assert len(labelled) == len(re.findall(r"<(?:input|select|textarea)", html)) > 0


async def test_every_part_has_a_name_and_every_button_a_word(house: House) -> None:
    agent = await house.signed_in(ONE)
    html = (await agent.get("/")).text
    page = Read(html)
    ids = {found.get("id") for _, found in page.tags}
    named = [found["aria-labelledby"] for _, found in page.tags if "aria-labelledby" in found]
    described = [found["aria-describedby"] for _, found in page.tags if "aria-describedby" in found]
    assert named
    assert {name for names in (*named, *described) for name in str(names).split()} <= ids
    assert not re.search(r"<button[^>]*>\s*</button>", html)
    assert all(int(found["tabindex"] or 0) <= 0 for _, found in page.tags if "tabindex" in found)


async def test_what_changes_is_read_out(house: House) -> None:
    agent = await house.signed_in(ONE)
    page = Read((await agent.get("/")).text)
    live = {found.get("id") for _, found in page.tags if found.get("aria-live") == "polite"}
    assert {"heard", "consent-state", "thread", "size", "verdict"} <= live
    assert sum(found.get("role") == "alert" for _, found in page.tags) == 4


async def test_the_script_is_modules_of_our_own(house: House) -> None:
    page = Read((await house.client().get("/")).text)
    assert page.all("script") == [
        {"src": "/static/early.js"},
        {"src": "/static/console.js", "type": "module"},
    ]
    for script in SCRIPTS.values():
        for module in re.findall(r"(?:from|import) ?\(?\"([^\"]+)\"", script):
            assert module.startswith("./")
            assert module.removeprefix("./") in STATIC


async def test_times_are_told_by_the_agencys_clock(house: House) -> None:
    home = await (await house.signed_in()).get("/")
    zone = (await house.desk.store().tenants.get(ONE)).timezone
    assert f'data-timezone="{zone}"' in home.text
    assert "data-timezone" not in (await house.client().get("/")).text
    assert "timeZone });" in SCRIPTS["page.js"]


def test_no_number_and_no_text_stands_in_a_url() -> None:
    """What is put into a path is a keyed code, an id of ours, or a cursor."""
    urls = re.findall(r"`(/v1/[^`]*)`", "\n".join(SCRIPTS.values()))
    held = {value for url in urls for value in re.findall(r"\$\{(\w+)\}", url)}
    assert held == {"MOST", "id", "query", "subject", "verb"}  # the verb is a word of the template


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
    script = "\n".join(SCRIPTS.values())
    assert set(re.findall(r"words\.(\w+)", script)) <= set(english)
    assert "HTML" not in script
    styles = [file.read_text() for name, file in STATIC.items() if name.endswith(".css")]
    assert not [style for style in styles if re.search(r"\b(?:left|right)\b", style)]


def test_no_word_is_named_like_what_every_dict_can_do() -> None:
    """A template would find `dict.copy` before the word."""
    assert texts.texts_in("en").keys() & set(dir(dict)) == set()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_states_classes_and_means_are_said_in_words(language: str) -> None:
    said = texts.texts_in(language)
    words = {
        *(f"state_{state}" for state in STATES),
        *(f"class_{kind}" for kind in CLASSES),
        *(f"means_{means}" for means in MEANS),
        *("consent_granted", "consent_withdrawn", "consent_unknown"),
    }
    assert words <= said.keys()


def test_why_a_text_did_not_go_is_said_by_its_code() -> None:
    """In the page's words, and nowhere in those of the service alone."""
    assert "words[`why_${code}`] || sentence" in SCRIPTS["page.js"]
    for name, told in (("answer.js", "checked"), ("conversation.js", "message")):
        assert f"sentenceOf({told})" in SCRIPTS[name]
        shown = re.findall(r"[(`{,]\s*\w+\.sentence\s*[)}`,]", SCRIPTS[name])
        assert shown in ([], [f"({told}.sentence)"])  # where it is only asked whether there is one


@pytest.mark.parametrize("language", ["en", "ar"])
def test_why_a_customer_was_found_is_said_in_words(language: str) -> None:
    named = re.findall(r'_reason\("(\w+)"', Path(found.__file__).read_text())
    assert len(named) == 5
    codes = {f"known_by_{code}" for code in (*named, *get_args(Closeness))}
    assert codes <= texts.texts_in(language).keys()
    assert "words[`known_by_${reason.code}`]" in SCRIPTS["calls.js"]


def test_counted_words_have_each_form_that_their_language_wants() -> None:
    english, arabic = texts.plurals_in("en"), texts.plurals_in("ar")
    assert set(english) == set(arabic)
    for language, words in (("en", english), ("ar", arabic)):
        for number in (0, 1, 2, 3, 11, 100, 1000):
            form = Locale(language).plural_form(number)
            assert all(form in forms for forms in words.values())


async def test_a_page_says_in_words_why_it_is_not_shown(house: House) -> None:
    stranger = await house.client(**{"Accept-Language": "ar"}).get("/customers")
    assert stranger.status_code == 401
    assert 'id="sign-in"' in stranger.text
    agent = await house.signed_in(ONE)
    away = await agent.get("/customers")
    assert away.status_code == 503
    assert texts.texts_in("en")["error_service_away"] in away.text
    for answer in (stranger, away):
        assert answer.headers["content-type"].startswith("text/html")
        assert not Read(answer.text).inline


def test_what_is_filled_in_is_the_same_in_each_language() -> None:
    english, arabic = texts.texts_in("en"), texts.texts_in("ar")
    for word, sentence in english.items():
        holes = set(re.findall(r"{\w+}", sentence))
        assert set(re.findall(r"{\w+}", arabic[word])) == holes


def test_who_is_restricted_is_taken_off_the_page_wherever_they_are_named() -> None:
    """By the event itself: a list that is asked for now might have the name still."""
    restricted = r'type === "consent\.changed" && (?:event\.)?data\.restricted'
    heard = {name for name, script in SCRIPTS.items() if re.search(restricted, script)}
    assert heard == {"live.js", "messages.js", "conversation.js"}
    assert "calls.withdraw(event.data.subject)" in SCRIPTS["live.js"]
    assert "card.dataset.subject = data.subject" in SCRIPTS["calls.js"]
    assert "names.delete(data.subject)" in SCRIPTS["messages.js"]
    page = (STATIC["calls.js"].parent.parent / "templates" / "live.html").read_text()
    card = page[page.index('<template id="card">') :]
    blank = function("calls.js", "blank")
    assert "unnamed(card)" in blank
    told = set(re.findall(r'class="([a-z]+)"', card)) - {"number", "state", "on", "line", "write"}
    handled = blank + function("calls.js", "unnamed")
    assert {one for one in told - {"who"} if not re.search(rf"\b{one}\b", handled)} == set()


def test_after_an_interruption_a_call_shows_only_what_is_told_again() -> None:
    restore = function("calls.js", "restore")
    assert restore.index("if (open.has(session)) blank(card)") < restore.index("forEach(show)")


def function(name: str, called: str) -> str:
    """The source of one function of a script."""
    found = re.search(rf"function {called}\(.*?\n}}\n", SCRIPTS[name], re.DOTALL)
    assert found
    return found[0]
