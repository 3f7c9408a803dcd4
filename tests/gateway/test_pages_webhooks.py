"""The pages of an agency's endpoints: how each is doing, and what was sent to it."""

from datetime import timedelta
from typing import get_args

import httpx
import pytest

from services.gateway.domain.hooks.delivery import Outcome, State, Trouble
from services.gateway.domain.hooks.endpoint import Why
from services.gateway.domain.hooks.telling import TEST, Kind
from services.gateway.domain.roles import Role
from services.gateway.pages import texts
from services.gateway.pages.webhooks import EVENTS, LISTED
from tests.gateway.house import AT, ONE, TWO, House
from tests.gateway.test_api_keys import SetTime
from tests.gateway.test_api_webhooks import HOOKS, URL, admin, made, rang
from tests.gateway.test_pages import Read
from tests.gateway.test_pages_keys import row

__all__ = ["admin"]  # a fixture


def test_each_event_stands_in_one_group_and_all_is_said_in_words() -> None:
    listed = [kind for group in EVENTS.values() for kind in group]
    assert sorted(listed) == sorted(get_args(Kind))
    words = {
        *(f"event_{kind}" for kind in (*listed, TEST)),
        *(f"about_{group}" for group in EVENTS),
        *(f"delivery_{state}" for state in get_args(State)),
        *(f"trouble_{trouble}" for trouble in get_args(Trouble)),
        *(f"off_{why}" for why in get_args(Why)),
    }
    for language in ("en", "ar"):
        assert words <= texts.texts_in(language).keys()


async def test_the_endpoints_are_shown_without_their_secrets(admin: httpx.AsyncClient) -> None:
    hook = await made(admin)
    for path in ("/webhooks", f"/webhooks/{hook['id']}"):
        html = (await admin.get(path)).text
        assert "https://hooks.example.com/intnet?key=1" in html
        assert "whsec_" not in html
        assert not Read(html).inline
        assert 'id="sure"' in html or path == "/webhooks"


async def _tried(house: House, hook: str, outcomes: list[Outcome]) -> None:
    """The endpoint after attempts, a day between one and the next."""
    hooks = house.desk.store(ONE).hooks
    endpoint = await hooks.endpoints.get(hook)
    for day, outcome in enumerate(outcomes):
        endpoint = endpoint.after(outcome, AT + timedelta(days=day))
    await hooks.endpoints.put(endpoint)


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ([Outcome(200)], "on"),
        ([Outcome(500)], "It is tried again, and switched off where nothing is taken"),
        ([Outcome(500)] * 4, "For three days nothing was taken."),
        ([Outcome(410)], "It answered that it is gone (410)."),
    ],
)
async def test_why_nothing_is_sent_is_said_and_since_when(
    house: House, admin: httpx.AsyncClient, outcomes: list[Outcome], said: str
) -> None:
    hook = await made(admin)
    await _tried(house, hook["id"], outcomes)
    endpoint = (await admin.get(f"{HOOKS}/{hook['id']}")).json()
    since = endpoint["disabled_at"] or endpoint["failing_since"]
    listed = row((await admin.get("/webhooks")).text, "webhook", hook["id"])
    shown = (await admin.get(f"/webhooks/{hook['id']}")).text
    health = shown.split('id="health">')[1].split("</dd>")[0]
    for told in (listed, health):
        assert said in told
        assert since is None or since in told
    assert (":test" in shown) is (endpoint["disabled"] is None)


async def test_an_old_secret_is_named_as_long_as_it_signs(
    house: House, admin: httpx.AsyncClient, at: SetTime
) -> None:
    path = f"/webhooks/{(await made(admin))['id']}"
    assert 'id="both"' not in (await admin.get(path)).text
    until = (await admin.post(f"/v1{path}:rotate")).json()["old_until"]
    shown = (await admin.get(path)).text
    assert until.replace(".000", "") in shown.split('id="both">')[1].split("</dd>")[0]
    at(AT + timedelta(hours=24))
    later = house.visitor(await house.account(), AT + timedelta(hours=24))
    assert 'id="both"' not in (await later.get(path)).text


async def test_the_log_goes_on_page_by_page(house: House, admin: httpx.AsyncClient) -> None:
    hook = await made(admin)
    path = f"/webhooks/{hook['id']}"
    assert "Nothing has been sent to it yet." in (await admin.get(path)).text
    await rang(house, LISTED + 1)
    first = (await admin.get(path)).text
    assert first.count("data-delivery=") == LISTED
    assert "A call rings" in first
    following = first.split('href="?cursor=')[1].split('"')[0]
    second = (await admin.get(f"{path}?cursor={following}")).text
    assert second.count("data-delivery=") == 1
    assert f'href="{path}"' in second
    assert (await admin.get(f"{path}?cursor=nonsense")).status_code == 400


async def test_what_became_of_a_delivery_is_said(house: House, admin: httpx.AsyncClient) -> None:
    hook = await made(admin)
    await rang(house, 2)
    hooks = house.desk.store(ONE).hooks
    answered, lost = await hooks.deliveries.page(hook["id"], None, 2)
    await hooks.put(answered.after(Outcome(503), AT, 0))
    await hooks.put(lost.after(Outcome(trouble="tls"), AT, 0))
    shown = (await admin.get(f"/webhooks/{hook['id']}")).text
    assert "503" in row(shown, "delivery", answered.id)
    assert "2026-05-19T12:00:05Z" in row(shown, "delivery", answered.id)
    assert "the certificate is not good" in row(shown, "delivery", lost.id)
    assert f"/deliveries/{lost.id}:resend" in row(shown, "delivery", lost.id)


async def test_an_auditor_sees_them_only_and_an_agent_nothing(
    house: House, admin: httpx.AsyncClient
) -> None:
    hook = await made(admin)
    await rang(house)
    auditor, agent = [await house.signed_in(ONE, role) for role in (Role.AUDITOR, Role.AGENT)]
    for path in ("/webhooks", f"/webhooks/{hook['id']}"):
        answer = await auditor.get(path)
        assert answer.status_code == 200
        assert URL in answer.text
        page = Read(answer.text)
        assert not page.all("form")
        assert not page.all("dialog")
        assert [button["id"] for button in page.all("button")] == ["sign-out"]
        refused = await agent.get(path)
        assert refused.status_code == 403
        assert URL not in refused.text


async def test_another_agencys_endpoint_is_one_that_nobody_has(
    house: House, admin: httpx.AsyncClient
) -> None:
    hook, other = await made(admin), await house.signed_in(TWO)
    assert URL not in (await other.get("/webhooks")).text
    foreign, nobody = [
        await other.get(f"/webhooks/{one}") for one in (hook["id"], "whk_00000000000000000000")
    ]
    assert (foreign.status_code, nobody.status_code) == (404, 404)
    assert foreign.content == nobody.content


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_the_form_has_every_event_with_those_chosen_ticked(
    house: House, admin: httpx.AsyncClient, language: str
) -> None:
    hook = await made(admin)
    house.tenant(ONE, language=language)
    page = Read((await admin.get(f"/webhooks/{hook['id']}")).text)
    assert page.all("html")[0]["lang"] == language
    boxes = [field for field in page.all("input") if field.get("type") == "checkbox"]
    assert {field["value"] for field in boxes} == set(get_args(Kind))
    assert {field["value"] for field in boxes if "checked" in field} == set(hook["events"])
