"""What a person gets: every file named with its hash, tables, and a page in two languages."""

import hashlib
import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from libs.common import profiles
from libs.common.events.personal import PURPOSES, SECURE, SIGN_IN
from services.consent.domain.rights.package.tables import guarded
from services.consent.domain.rights.package.words import facts
from services.consent.domain.rights.package.words.fields import FIELDS, heading
from services.consent.domain.rights.package.words.headings import TABLES
from tests.consent.packages import NOURA, data, material, note, opened, table

VOID = frozenset({"meta", "br"})


class Page(HTMLParser):
    """Holds that tags are closed in their order, and notes what is of interest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ways: set[tuple[str | None, str | None]] = set()
        self.outside: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.ways.add((told.get("lang"), told.get("dir")))
        self.outside += [name for name in told if name in {"src", "href", "action", "onclick"}]
        if tag in {"script", "link", "iframe", "img"}:
            self.outside.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_file_is_in_the_manifest_with_its_hash() -> None:
    found = opened(material({"messages": [note("Hello")]}))
    manifest = json.loads(found["manifest.json"])
    told = {one["name"]: (one["bytes"], one["sha256"]) for one in manifest["files"]}
    assert told == {
        name: (len(content), hashlib.sha256(content).hexdigest())
        for name, content in found.items()
        if name != "manifest.json"
    }
    assert {"index.html", "data.json", "about.json", "customers.csv", "messages.csv"} == set(told)


def test_the_page_is_whole_in_both_languages_and_needs_nothing_else() -> None:
    words = "<script>alert(1)</script> & «مرحبا»"
    text = opened(material({"messages": [note(words)]}))["index.html"].decode()
    page = Page(text)
    assert {("en", "ltr"), ("ar", "rtl")} <= page.ways
    assert page.outside == []
    assert "url(" not in text
    assert "@import" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; «مرحبا»" in text
    assert "<h1>بياناتك الشخصية</h1>" in text
    assert "<h1>Your personal data</h1>" in text
    assert text.index('<html lang="ar" dir="rtl">') < text.index("<article")


def test_the_agencys_language_comes_first() -> None:
    text = opened(material(language="en-US"))["index.html"].decode()
    assert '<html lang="en" dir="ltr">' in text
    assert text.index('<article lang="en"') < text.index('<article lang="ar"')


def test_of_nobody_the_page_says_so() -> None:
    text = opened(replace(material(), rows={}))["index.html"].decode()
    Page(text)
    assert "Nothing is kept about you." in text


@pytest.mark.parametrize(
    "first", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
)
def test_no_cell_is_a_formula(first: str) -> None:
    words = f"{first}HYPERLINK(0)"
    found = opened(material({"messages": [note(words)]}))
    assert table(found, "messages")[0]["text"] == f"'{words}"
    assert data(found)["messages"][0]["text"] == words
    assert guarded("plain") == "plain"


def test_no_cell_of_any_table_begins_like_a_formula() -> None:
    row = note("-1", score={"-odd": "=1", "points": -12.5}, list=["@x", {"=": "+"}])
    found = opened(material({"messages": [row]}))
    for name in ("messages", "customers"):
        for line in table(found, name):
            assert not [c for c in (*line, *line.values()) if c.startswith(("=", "+", "-", "@"))]


def test_nested_values_are_columns_and_lists_one_cell() -> None:
    row = note("x", risk={"points": 12.5, "contributions": [{"signal": "a"}, {"signal": "b"}]})
    (line,) = table(opened(material({"messages": [row]})), "messages")
    assert line["risk.points"] == "12.5"
    assert line["risk.contributions"] == "signal: a; signal: b"
    assert heading("risk.points").en == "Risk: Points"


def test_texts_that_went_out_are_disclosures() -> None:
    sent = note("Hi", direction="out", handed_over_at="2026-05-18T10:00:00.000Z", purpose="service")
    queued = note("Later", direction="out")
    (row,) = data(opened(material({"messages": [sent, queued, note("In")]})))["disclosures"]
    assert row["recipient"] == "Telnyx LLC"
    assert (row["at"], row["purpose"]) == ("2026-05-18T10:00:00.000Z", "service")


@pytest.mark.parametrize(
    ("profile", "controller", "processor", "complaint"),
    [
        ("interkey-connect", "Interkey Connect", None, "SDAIA"),
        ("intnet-iq", "Riyadh Cover", "Intnet IQ", "supervisory authority"),
    ],
)
def test_it_says_who_is_responsible_and_where_to_complain(
    profile: str, controller: str, processor: str | None, complaint: str
) -> None:
    told = json.loads(opened(material(profile=profile))["about.json"])
    assert (told["controller"], told["processor"]) == (controller, processor)
    assert complaint in told["complaint"]["en"]
    assert told["contact"]["name"]
    assert ("90 days" in told["complaint"]["en"]) == (profile == "interkey-connect")
    assert set(told["read_at"]) == {"matcher", "messaging"}
    assert {"suppression_code", "consent_evidence"} <= set(told["kept_after_an_erasure"])


@pytest.mark.parametrize(("profile", "abroad"), [("interkey-connect", True), ("intnet-iq", False)])
def test_it_says_who_else_gets_something_in_both_languages(profile: str, abroad: bool) -> None:
    found = opened(material(profile=profile))
    told = json.loads(found["about.json"])["recipients"]
    registered = profiles.load(profile).recipients.values()
    assert [one["kind"] for one in told] == [one.kind for one in registered]
    (provider,) = (one for one in told if "name" in one)
    assert (provider["name"], provider["country"]) == ("Telnyx LLC", "US")
    assert ("another country" in provider["what"]["en"]) == abroad
    assert ("بلد آخر" in provider["what"]["ar"]) == abroad
    page = found["index.html"].decode()
    for one in told:
        assert page.count(one["what"]["en"]) == page.count(one["what"]["ar"]) == 1
    assert "/v1/" not in page


def test_the_periods_are_those_that_hold_for_the_agency() -> None:
    told = json.loads(opened(material(kept_days={"messages": 9}))["about.json"])
    assert [one["days"] for one in told["kept_for"]] == [9]


def test_every_purpose_that_is_about_customers_has_words() -> None:
    assert set(facts.PURPOSES) == PURPOSES - {SIGN_IN, SECURE}
    for name in profiles.names():
        assert set(profiles.load(name).purposes.values()) <= set(facts.BASES)


def test_both_languages_say_something_everywhere() -> None:
    told: list[Any] = [*FIELDS.values(), *TABLES.values(), *facts.KEPT.values(), *facts.RIGHTS]
    told += facts.RECIPIENTS.values()
    assert all(one.en.isascii() or one.en for one in told)
    assert all(any("\u0600" <= c <= "\u06ff" for c in one.ar) for one in told)


def test_the_same_material_makes_the_same_package() -> None:
    made = material({"messages": [note(f"Mine is {NOURA}")]})
    assert opened(made) == opened(made)
