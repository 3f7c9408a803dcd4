"""The page of an agency's keys: what is on it, and for whom."""

from datetime import timedelta

import pytest

from libs.common import clock
from services.gateway.domain.key import KeyScope
from services.gateway.domain.roles import Role
from services.gateway.pages import texts
from services.gateway.pages.keys import DAYS, SCOPES, USUAL
from tests.gateway.house import AT, ONE, TWO, House
from tests.gateway.programs import issued
from tests.gateway.test_api_keys import SetTime
from tests.gateway.test_pages import Read


def row(html: str, kind: str, name: str) -> str:
    """The row of a table that is about this one."""
    return html.split(f'data-{kind}="{name}"')[1].split("</tr>")[0]


def test_each_scope_stands_in_one_group_and_is_said_in_words() -> None:
    listed = [scope for group in SCOPES.values() for scope in group]
    assert sorted(listed) == sorted(KeyScope)
    assert USUAL in DAYS
    for language in ("en", "ar"):
        said = texts.texts_in(language)
        assert {f"scope_{scope}" for scope in KeyScope} <= said.keys()
        assert {f"about_{group}" for group in SCOPES} <= said.keys()
        assert {"key_good", "key_expired", "key_revoked"} <= said.keys()


async def test_the_keys_are_shown_without_what_is_secret_in_them(house: House) -> None:
    made = await issued(house, "calls:read", "numbers:read", name="<b>Policy")
    admin = await house.signed_in()
    html = (await admin.get("/keys")).text
    assert made["key"] not in html
    assert made["key"].rpartition("_")[0] + "…" in html
    assert "&lt;b&gt;Policy" in html
    assert "See calls" in html
    assert "when it is revoked" in html
    assert "2026-05-19T12:00:00Z" in html
    assert not Read(html).inline
    reads = [note for _, note in house.units.noted if note.action == "access.read"]
    assert [(note.object, note.facts["operation"]) for note in reads] == [("keys", "GET /keys")]


async def test_what_is_over_is_said_and_cannot_be_revoked(house: House, at: SetTime) -> None:
    ends = (AT + timedelta(days=1)).isoformat()
    good = await issued(house, "calls:read")
    ended = await issued(house, "calls:read", expires_at=ends)
    gone = await issued(house, "calls:read")
    admin = await house.signed_in()
    assert (await admin.delete(f"/v1/keys/{gone['id']}")).status_code == 204
    at(AT + timedelta(days=1))
    admin = house.visitor(await house.account(), clock.now())
    html = (await admin.get("/keys")).text
    rows = [row(html, "key", key["id"]) for key in (good, ended, gone)]
    assert ["data-deed" in one for one in rows] == [True, False, False]
    assert "has ended" in rows[1]
    assert "revoked ·" in rows[2]


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_an_admin_gets_a_form_whose_every_field_has_a_name(
    house: House, language: str
) -> None:
    house.tenant(ONE, language=language)
    admin = await house.signed_in()
    page = Read((await admin.get("/keys")).text)
    assert page.all("html")[0]["lang"] == language
    boxes = [field for field in page.all("input") if field.get("type") == "checkbox"]
    assert {field["value"] for field in boxes} == {str(scope) for scope in KeyScope}
    assert [field["id"] for field in boxes if "id" in field] == ["scopes"]
    named = {label["for"] for label in page.all("label") if "for" in label}
    assert {"name", "days", "key-made-text"} <= named
    assert page.all("dialog")


async def test_an_auditor_sees_the_list_only_and_an_agent_nothing(house: House) -> None:
    made = await issued(house, "calls:read")
    auditor = await house.signed_in(ONE, Role.AUDITOR)
    answer = await auditor.get("/keys")
    assert answer.status_code == 200
    assert made["id"] in answer.text
    page = Read(answer.text)
    assert not page.all("form")
    assert not page.all("dialog")
    assert [button["id"] for button in page.all("button")] == ["sign-out"]
    agent = await house.signed_in(ONE, Role.AGENT)
    refused = await agent.get("/keys")
    assert refused.status_code == 403
    assert made["id"] not in refused.text
    assert 'href="/keys"' not in refused.text


async def test_another_agencys_keys_are_not_on_it(house: House) -> None:
    made = await issued(house, "calls:read")
    other = await house.signed_in(TWO)
    html = (await other.get("/keys")).text
    assert made["id"] not in html
    assert "There are no keys yet." in html
