"""Endpoints of an agency's apps by API: made, changed, tried, deleted; each agency's own."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from libs.common import clock
from libs.common.mongo import Work
from services.gateway import handlers
from services.gateway.clients import Poster
from services.gateway.domain.hooks.delivery import Outcome
from services.gateway.domain.hooks.endpoint import MOST
from services.gateway.domain.roles import Role
from services.gateway.store import Store
from tests.gateway.house import AT, ONE, TWO, House, problem
from tests.gateway.test_hooks import ring

URL = "https://hooks.example.com/intnet?key=1"
INSIDE = "https://inside.example.com/"
NEW = {"url": URL, "events": ["call.started", "call.matched"]}
HOOKS = "/v1/webhooks"


async def looked_up(host: str, _port: int) -> list[str]:
    """The name server of these tests."""
    if host == "hooks.example.com":
        return ["93.184.215.14"]
    if host[0].isdigit() or ":" in host:
        return [host]
    if host == "inside.example.com":
        return ["93.184.215.14", "10.0.0.7"]
    raise OSError("no such name")


@pytest.fixture
async def admin(house: House) -> AsyncIterator[httpx.AsyncClient]:
    house.app.state.poster = Poster(loopback=False, lookup=looked_up)
    yield await house.signed_in()
    await house.app.state.poster.close()


async def made(client: httpx.AsyncClient, **values: Any) -> dict[str, Any]:
    answer = await client.post(HOOKS, json={**NEW, **values})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def rang(house: House, number: int = 1) -> None:
    """As many calls ring."""

    async def body(store: Store, work: Work) -> None:
        for one in range(number):
            caused = Work(work.tenant, work.now, cause=f"evt_{one}")
            await handlers.announce(ring(f"ses_{one}"), store, caused)

    await house.units.write(house.data.tenants[ONE], body)


async def test_a_secret_is_shown_once_and_lies_sealed(
    house: House, admin: httpx.AsyncClient
) -> None:
    house.app.state.listening.note(ONE, False, AT)
    answer = await admin.post(HOOKS, json=NEW)
    told = answer.json()
    assert answer.status_code == 201
    assert house.app.state.listening.known(ONE, AT) is None
    secret = told.pop("secret")
    assert secret.startswith("whsec_")
    assert Webhook(secret).sign("msg_1", AT, "{}").startswith("v1,")
    assert told["events"] == ["call.matched", "call.started"]
    assert (told["url"], told["disabled"], told["failing_since"]) == (URL, None, None)
    one = await admin.get(f"{HOOKS}/{told['id']}")
    page = await admin.get(HOOKS)
    assert one.json() == told
    assert page.json() == {"data": [told], "next_cursor": None}
    kept = str(house.data.tables.table("webhooks", f"__{ONE}").all())
    assert secret.removeprefix("whsec_") not in kept


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://hooks.example.com/", "https URL at port 443"),
        ("https://hooks.example.com:8443/", "https URL at port 443"),
        (INSIDE, "not on the open internet"),
        ("https://127.0.0.1/", "not on the open internet"),
        ("https://[::ffff:10.0.0.1]/", "not on the open internet"),
        ("https://169.254.169.254/latest/meta-data", "not on the open internet"),
        ("https://nowhere.example.com/", "no address"),
        ("https://me:word@hooks.example.com/", "user, password"),
    ],
)
async def test_an_address_that_nothing_may_be_sent_to_is_refused(
    admin: httpx.AsyncClient, url: str, said: str
) -> None:
    path = f"{HOOKS}/{(await made(admin))['id']}"
    for answer in (
        await admin.post(HOOKS, json={**NEW, "url": url}),
        await admin.patch(path, json={"url": url}),
    ):
        assert (answer.status_code, problem(answer)) == (422, "webhook_target")
        assert said in answer.json()["detail"]
        assert url not in answer.text
    assert (await admin.get(path)).json()["url"] == URL
    assert len((await admin.get(HOOKS)).json()["data"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"url": URL, "events": []},
        {"url": URL, "events": ["call.costed"]},
        {"url": URL, "events": ["webhook.test"]},
        {"events": ["call.started"]},
        {**NEW, "secret": "whsec_mine"},
        {**NEW, "url": f"https://hooks.example.com/{'a' * 1000}"},
    ],
)
async def test_what_is_not_on_the_list_is_refused(
    admin: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    answer = await admin.post(HOOKS, json=body)
    assert (answer.status_code, problem(answer)) == (422, "invalid_request")


async def test_an_agency_has_a_number_of_endpoints_and_no_more(admin: httpx.AsyncClient) -> None:
    first = await made(admin)
    for _ in range(MOST - 1):
        await made(admin)
    answer = await admin.post(HOOKS, json=NEW)
    assert (answer.status_code, problem(answer)) == (409, "too_many_webhooks")
    assert (await admin.delete(f"{HOOKS}/{first['id']}")).status_code == 204
    await made(admin)


async def test_an_endpoint_is_changed_in_part(admin: httpx.AsyncClient) -> None:
    path = f"{HOOKS}/{(await made(admin))['id']}"
    changed = (await admin.patch(path, json={"events": ["sms.sent"]})).json()
    assert (changed["url"], changed["events"], changed["disabled"]) == (URL, ["sms.sent"], None)
    off = (await admin.patch(path, json={"disabled": True})).json()
    assert (off["disabled"], off["disabled_at"]) == ("by_hand", "2026-05-19T12:00:00Z")
    tried = await admin.post(f"{path}:test")
    assert (tried.status_code, problem(tried)) == (409, "webhook_disabled")
    on = (await admin.patch(path, json={"disabled": False})).json()
    assert on == changed
    assert (await admin.get(path)).json() == changed


async def test_a_new_secret_signs_beside_the_old_one(
    house: House, admin: httpx.AsyncClient
) -> None:
    hook = await made(admin)
    answer = await admin.post(f"{HOOKS}/{hook['id']}:rotate")
    told = answer.json()
    assert answer.status_code == 200
    assert told["old_until"] == "2026-05-20T12:00:00Z"
    endpoints = house.units.read(ONE).hooks.endpoints
    kept = await endpoints.get(hook["id"])
    assert kept
    assert [endpoints.open(one) for one in kept.signing(AT)] == [told["secret"], hook["secret"]]
    later = kept.signing(AT + timedelta(days=1))
    assert [endpoints.open(one) for one in later] == [told["secret"]]


async def test_a_trial_is_in_the_log(house: House, admin: httpx.AsyncClient) -> None:
    path = f"{HOOKS}/{(await made(admin))['id']}"
    answer = await admin.post(f"{path}:test")
    assert answer.status_code == 202
    told = answer.json()
    assert (told["type"], told["state"], told["attempts"]) == ("webhook.test", "pending", 0)
    assert (await admin.get(f"{path}/deliveries")).json()["data"] == [told]
    due = await house.units.read(ONE).hooks.due.waiting(clock.now(), 9, (), ())
    assert [one.delivery for one in due] == [told["id"]]


async def test_the_log_comes_in_pages_and_tells_nothing_of_anybody(
    house: House, admin: httpx.AsyncClient
) -> None:
    path = f"{HOOKS}/{(await made(admin))['id']}/deliveries"
    await rang(house, 5)
    first = (await admin.get(path, params={"limit": 3})).json()
    rest = await admin.get(path, params={"limit": 3, "cursor": first["next_cursor"]})
    found = [*first["data"], *rest.json()["data"]]
    assert len({one["id"] for one in found}) == 5
    assert rest.json()["next_cursor"] is None
    assert not [word for word in ("5ub", "ses_") if word in str(found)]
    other = f"{HOOKS}/{(await made(admin))['id']}/deliveries"
    assert (await admin.get(other)).json()["data"] == []
    wrong = await admin.get(other, params={"cursor": first["next_cursor"]})
    assert problem(wrong) == "bad_cursor"


async def test_a_delivery_is_sent_once_more_under_its_id(
    house: House, admin: httpx.AsyncClient
) -> None:
    hook = await made(admin)
    await rang(house)
    path = f"{HOOKS}/{hook['id']}/deliveries"
    (one,) = (await admin.get(path)).json()["data"]
    hooks = house.units.read(ONE).hooks
    delivery = await hooks.deliveries.get(one["id"])
    assert delivery
    await hooks.put(delivery.after(Outcome(200), AT, 0))
    assert await hooks.due.waiting(AT, 9, (), ()) == []
    answer = await admin.post(f"{path}/{one['id']}:resend")
    assert answer.status_code == 202
    assert (answer.json()["id"], answer.json()["state"]) == (one["id"], "pending")
    assert [due.delivery for due in await hooks.due.waiting(AT, 9, (), ())] == [one["id"]]
    elsewhere = await made(admin)
    wrong = await admin.post(f"{HOOKS}/{elsewhere['id']}/deliveries/{one['id']}:resend")
    assert wrong.status_code == 404
    await admin.patch(f"{HOOKS}/{hook['id']}", json={"disabled": True})
    off = await admin.post(f"{path}/{one['id']}:resend")
    assert problem(off) == "webhook_disabled"


async def test_an_endpoint_that_is_deleted_leaves_nothing(
    house: House, admin: httpx.AsyncClient
) -> None:
    hook = await made(admin)
    await rang(house, 3)
    assert (await admin.delete(f"{HOOKS}/{hook['id']}")).status_code == 204
    hooks = house.units.read(ONE).hooks
    assert await hooks.due.waiting(AT, 9, (), ()) == []
    assert await hooks.deliveries.page(hook["id"], None, 9) == []
    assert (await admin.get(f"{HOOKS}/{hook['id']}")).status_code == 404
    assert (await admin.delete(f"{HOOKS}/{hook['id']}")).status_code == 404


async def test_another_agencys_endpoint_is_one_that_nobody_has(
    house: House, admin: httpx.AsyncClient
) -> None:
    hook = await made(admin)
    await rang(house)
    (one,) = (await admin.get(f"{HOOKS}/{hook['id']}/deliveries")).json()["data"]
    other = await house.signed_in(TWO)
    asked = [
        ("GET", "", None),
        ("PATCH", "", {"disabled": True}),
        ("DELETE", "", None),
        ("POST", ":rotate", None),
        ("POST", ":test", None),
        ("GET", "/deliveries", None),
        ("POST", f"/deliveries/{one['id']}:resend", None),
    ]
    for method, path, body in asked:
        for who in (hook["id"], "whk_0"):
            answer = await other.request(method, f"{HOOKS}/{who}{path}", json=body)
            assert answer.status_code == 404, (method, path)
    assert (await other.get(HOOKS)).json()["data"] == []
    assert (await admin.get(f"{HOOKS}/{hook['id']}")).json()["disabled"] is None


async def test_agents_neither_see_nor_make_endpoints(
    house: House, admin: httpx.AsyncClient
) -> None:
    agent = await house.signed_in(ONE, Role.AGENT)
    assert problem(await agent.get(HOOKS)) == "forbidden"
    assert problem(await agent.post(HOOKS, json=NEW)) == "forbidden"


async def test_what_is_done_to_an_endpoint_is_noted_without_its_url_and_secret(
    house: House, admin: httpx.AsyncClient
) -> None:
    hook = await made(admin)
    path = f"{HOOKS}/{hook['id']}"
    await admin.patch(path, json={"disabled": True})
    await admin.patch(path, json={"disabled": True})
    secret = (await admin.post(f"{path}:rotate")).json()["secret"]
    await admin.delete(path)
    found = [n for _, n in house.units.noted if n.action.startswith("webhook.")]
    assert [n.action for n in found] == [
        "webhook.created", "webhook.changed", "webhook.rotated", "webhook.removed",
    ]  # fmt: skip
    assert {n.object for n in found} == {hook["id"]}
    assert all(n.actor.startswith("user:") for n in found)
    words = ("hooks.example.com", hook["secret"], secret)
    assert not [word for word in words if word in str(house.units.noted)]
