"""An agency keeps data for less time than its operator: what it may ask for, and what is noted."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from libs.common import profiles
from libs.common.events import RetentionOrdered, TenantSaved
from services.consent.domain.audit import withheld
from services.consent.store import Store
from tests.consent.rights import Desk
from tests.support.http import Harness
from tests.support.sweeps import evidence, ids, rows, sweep

PATH = "/v1/privacy/retention"
KEPT = profiles.load("intnet-iq").kept_days


async def periods(client: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    answer = await client.get(PATH)
    assert answer.status_code == 200, answer.text
    return {one.pop("category"): one for one in answer.json()["data"]}


async def put(client: httpx.AsyncClient, category: str, days: Any) -> httpx.Response:
    return await client.put(f"{PATH}/{category}", json={"days": days})


async def test_without_a_word_the_operators_periods_hold(client: httpx.AsyncClient) -> None:
    told = await periods(client)
    assert {name: one["days"] for name, one in told.items()} == KEPT
    assert {(one["own_days"], one["version"]) for one in told.values()} == {(None, 0)}
    assert not told["usage"]["adjustable"]


async def test_a_change_is_ordered_and_noted_with_both_versions(desk: Desk) -> None:
    for days in (90, 30, 30, None):
        answer = await put(desk.http, "messages", days)
        assert answer.status_code == 200, answer.text
    orders = desk.house.units.of(RetentionOrdered)
    assert [(one.category, one.days, one.version) for one in orders] == [
        ("messages", 90, 1),
        ("messages", 30, 2),
        ("messages", None, 3),
    ]
    notes = [note for note in await desk.notes() if note["action"] == "retention.changed"]
    assert {note["actor"] for note in notes} == {"user:usr_7"}
    assert notes[1]["facts"] == {
        "category": "messages",
        "days_before": 90,
        "days": 30,
        "version_before": 1,
        "version": 2,
    }
    back = (await periods(desk.http))["messages"]
    assert (back["days"], back["own_days"], back["version"]) == (KEPT["messages"], None, 3)


@pytest.mark.parametrize(
    ("category", "days", "status", "code"),
    [
        ("messages", 0, 422, "unusable_period"),
        ("messages", -1, 422, "unusable_period"),
        ("messages", KEPT["messages"] + 1, 422, "unusable_period"),
        ("messages", "7", 422, "invalid_request"),
        ("messages", 1.5, 422, "invalid_request"),
        ("messages", True, 422, "invalid_request"),
        ("usage", 7, 422, "not_adjustable"),
        ("nothing", 7, 404, "not_found"),
    ],
)
async def test_what_cannot_be_had_is_refused(
    desk: Desk, category: str, days: Any, status: int, code: str
) -> None:
    answer = await put(desk.http, category, days)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert desk.house.units.of(RetentionOrdered) == []
    assert await desk.actions() == []


async def test_both_ends_can_be_had(client: httpx.AsyncClient) -> None:
    for days in (1, KEPT["calls"]):
        assert (await put(client, "calls", days)).json()["days"] == days


async def test_it_is_for_admins_and_binds_no_other_agency(
    house: Harness[Store], agency: TenantSaved
) -> None:
    reader = house.client(agency, scopes=["privacy:read"])
    assert (await put(reader, "messages", 30)).status_code == 403
    other = house.client(await house.open())
    assert (await put(other, "messages", 30)).is_success
    assert (await periods(reader))["messages"]["days"] == KEPT["messages"]


async def test_requests_and_erasures_go_when_they_are_closed_for_long(desk: Desk) -> None:
    await desk.erased()
    refused = await desk.opened(number="+12025550177")
    told = {"ground": "legal_duty", "sentence": "The law wants it kept."}
    answer = await desk.ask(refused, "refuse", **told)
    assert answer.is_success, answer.text
    left = await desk.opened(number="+12025550178", kind="access")
    await put(desk.http, "requests", 30)
    before = [await rows(desk.house, desk.agency, name) for name in ("requests", "erasures")]
    desk.move(timedelta(days=30) - timedelta(seconds=60))
    await sweep(desk.house)
    assert [
        await rows(desk.house, desk.agency, name) for name in ("requests", "erasures")
    ] == before
    desk.move(61)
    await sweep(desk.house)
    assert ids(await rows(desk.house, desk.agency, "requests")) == [left["id"]]
    assert await rows(desk.house, desk.agency, "erasures") == []
    swept = await evidence(desk.house, desk.agency)
    assert {f["collection"]: f["documents"] for f in swept} == {"erasures": 1, "requests": 2}
    assert [withheld.facts(facts) for facts in swept] == [(facts, 0) for facts in swept]


async def test_what_stores_handed_over_goes_with_the_time_to_fetch_it(desk: Desk) -> None:
    parts = desk.house.mongo.scope(desk.agency.tenant).collection("parts")
    told = {"request": "req_1", "subject": "s", "store": "matcher", "at": desk.now}
    whole = {**told, "index": 0, "parts": 1, "sealed": b"sealed"}
    await parts.put({"_id": "req_1/matcher/000000", **whole})
    desk.move(timedelta(days=KEPT["packages"]))
    await sweep(desk.house)
    assert len(await rows(desk.house, desk.agency, "parts")) == 1
    desk.move(1)
    await sweep(desk.house)
    assert await rows(desk.house, desk.agency, "parts") == []
    (facts,) = await evidence(desk.house, desk.agency)
    assert (facts["category"], facts["collection"], facts["documents"]) == ("packages", "parts", 1)
