"""All that is kept of a person is gathered, made into a package, fetched, and let go."""

import json
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any, cast

import httpx
import pytest

from libs.common.events import ExportOrdered, ExportPart, RetentionOrdered
from libs.common.events.privacy import PART_FIELD
from libs.common.privacy import pieces
from libs.common.service import Running
from services.consent.domain.rights.stores import REQUIRED
from services.consent.jobs.packaging import hand_over
from services.consent.store.rights import packages
from tests.consent.given import DAN
from tests.consent.packages import data, files
from tests.consent.rights import PATH, Desk
from tests.support.sweeps import sweep

OTHERS = tuple(store for store in REQUIRED["access"] if store != "consent")
EVE = "+12125550188"
NOTHING: dict[str, list[dict[str, Any]]] = {}
SAID = {"messages": [{"id": "m", "direction": "in", "text": f"I am {DAN}, she is {EVE}"}]}


async def hand(
    desk: Desk,
    store: str,
    rows: dict[str, Any] | None = None,
    at: datetime | None = None,
    only: slice = slice(None),
) -> None:
    """A store hands over rows, in as many pieces as it takes."""
    order = desk.house.units.of(ExportOrdered)[-1]
    told = pieces(rows or {}, 4_000)
    for index, piece in list(enumerate(told))[only]:
        sealed = desk.house.keys.seal(desk.agency.tenant, PART_FIELD, piece)
        part = ExportPart(
            request_id=order.request_id,
            subject=order.subject,
            store=store,
            at=at or desk.now,
            index=index,
            parts=len(told),
            sealed=b64encode(sealed).decode(),
        )
        await desk.house.take(part, desk.agency)


async def own(desk: Desk) -> None:
    """consent takes its own order, and its own answer."""
    order = desk.house.units.of(ExportOrdered)[-1]
    before = len(desk.house.units.of(ExportPart))
    await desk.house.take(order, desk.agency)
    for part in desk.house.units.of(ExportPart)[before:]:
        await desk.house.take(part, desk.agency)


async def ready(desk: Desk, **told: Any) -> dict[str, Any]:
    """A request whose package is made."""
    request = await desk.attested("access", **told)
    await own(desk)
    for store in OTHERS:
        await hand(desk, store, SAID if store == "messaging" else NOTHING)
    assert await desk.look() == 1
    return await desk.shown(request)


async def fetched(desk: Desk, request: dict[str, Any]) -> httpx.Response:
    return await desk.http.get(f"{PATH}/{request['id']}/package")


async def kept(desk: Desk, name: str) -> list[dict[str, Any]]:
    return await desk.house.mongo.scope(desk.agency.tenant).collection(name).list({})


async def notes(desk: Desk) -> list[str]:
    noted = await desk.everything_noted()
    told = [(note["action"], note.get("facts", {})) for note in noted]
    return [
        f"{action} {facts['operation']}" if "operation" in facts else action
        for action, facts in told
    ]


async def test_who_has_a_package_ready_in_time_is_not_late(desk: Desk) -> None:
    request = await ready(desk)
    desk.move(timedelta(days=29))
    await desk.look()
    desk.move(timedelta(days=20))
    await desk.look()
    told = await notes(desk)
    assert ("privacy.deadline_breached" in told, "privacy.expired" in told) == (False, True)
    assert (await desk.shown(request))["breached_at"] is None


async def test_a_package_that_is_made_too_late_is_late(desk: Desk) -> None:
    request = await desk.attested("access")
    desk.move(timedelta(days=31))
    await own(desk)
    for store in OTHERS:
        await hand(desk, store, NOTHING)
    await hand_over(cast(Running[Any], desk.house), desk.agency, request["id"])
    late = await desk.shown(request)
    assert (late["status"], late["breached_at"]) == ("ready", "2026-12-11T12:00:00Z")
    assert (await notes(desk)).count("privacy.deadline_breached") == 1


async def test_it_is_made_when_every_store_has_answered_and_fetched_by_an_admin(
    desk: Desk,
) -> None:
    request = await ready(desk)
    assert (request["status"], request["awaiting"]) == ("ready", [])
    assert await kept(desk, "parts") == []
    answer = await fetched(desk, request)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["cache-control"] == "no-store"
    found = files(answer.content)
    assert data(found)["messages"][0]["text"] == f"I am {DAN}, she is number 1"
    assert [row["id"] for row in data(found)["requests"]] == [request["id"]]
    assert set(json.loads(found["about.json"])["read_at"]) == set(REQUIRED["access"])
    done = await desk.shown(request)
    assert (done["status"], done["number"]) == ("delivered", None)
    assert (await desk.proof(request)).status_code == 200
    again = await fetched(desk, request)
    assert again.content == answer.content
    told = await notes(desk)
    assert told.count("export.ordered") == 1
    assert told.count("export.answered") == len(REQUIRED["access"])
    assert told.count("privacy.ready") == 1
    assert told.count("privacy.delivered") == 1
    assert told.count(f"access.read GET {PATH}/{{request_id}}/package") == 2


async def test_a_store_that_is_silent_leaves_it_in_progress_and_is_asked_again(
    desk: Desk,
) -> None:
    request = await desk.attested("access")
    await own(desk)
    for store in OTHERS:
        if store != "insights":
            await hand(desk, store)
    waiting = await desk.shown(request)
    assert (waiting["status"], waiting["awaiting"]) == ("in_progress", ["insights"])
    assert (await fetched(desk, request)).json()["code"] == "not_ready"
    assert await desk.look() == 0
    asked, gaps = desk.now, []
    for _ in range(9):
        orders = len(desk.house.units.of(ExportOrdered))
        while len(desk.house.units.of(ExportOrdered)) == orders:
            desk.move(30)
            await desk.look()
        gaps.append(desk.now - asked)
        asked = desk.now
    assert gaps[0] <= timedelta(seconds=90)
    assert sorted(gaps) == gaps
    assert timedelta(minutes=59) < gaps[-1] <= timedelta(minutes=61)
    await hand(desk, "insights")
    await desk.look()
    assert (await desk.shown(request))["status"] == "ready"


async def test_what_was_swept_while_a_store_was_silent_is_asked_for_again(desk: Desk) -> None:
    """A package is of all stores, or it is none."""
    order = RetentionOrdered(category="packages", days=1, version=1)
    await desk.house.store(desk.agency).periods.take(order, desk.now)
    request = await desk.attested("access")
    await own(desk)
    for store in OTHERS:
        if store != "insights":
            await hand(desk, store, SAID if store == "messaging" else NOTHING)
    desk.move(timedelta(days=1, seconds=1))
    await sweep(desk.house)
    assert await kept(desk, "parts") == []
    await hand(desk, "insights")
    before = len(desk.house.units.of(ExportOrdered))
    assert await desk.look() == 1
    await desk.tell_holders()
    asked = await desk.shown(request)
    assert (asked["status"], set(asked["awaiting"])) == ("in_progress", set(REQUIRED["access"]))
    assert len(desk.house.units.of(ExportOrdered)) == before + 1
    await own(desk)
    for store in OTHERS:
        await hand(desk, store, SAID if store == "messaging" else NOTHING)
    assert await desk.look() == 1
    found = files((await fetched(desk, request)).content)
    assert [row["id"] for row in data(found)["messages"]] == ["m"]
    assert set(json.loads(found["about.json"])["read_at"]) == set(REQUIRED["access"])


@pytest.mark.parametrize("named", [None, ["c-1"]])
async def test_others_who_got_the_number_meanwhile_are_in_no_package_that_is_gathered_anew(
    desk: Desk, named: list[str] | None
) -> None:
    order = RetentionOrdered(category="packages", days=1, version=1)
    await desk.house.store(desk.agency).periods.take(order, desk.now)
    request = await desk.attested("access", **({"customers": named} if named else {}))
    for store in REQUIRED["access"]:
        if store != "insights":
            await hand(desk, store, NOTHING)
    desk.move(timedelta(days=1, seconds=1))
    await sweep(desk.house)
    desk.holders = ("c-1", "c-2")
    await hand(desk, "insights")
    assert await desk.look() == 1
    if named is None:
        for store in REQUIRED["access"]:
            await hand(desk, store, NOTHING)  # late, and of the asking before
        assert (await desk.shown(request))["awaiting"] == ["matcher"]
        assert await desk.look() == 0
    await desk.tell_holders()
    if named is None:
        waiting = await desk.shown(request)
        assert (waiting["holders"], waiting["awaiting"]) == (["c-1", "c-2"], [])
        assert (await desk.look(), len(desk.house.units.of(ExportOrdered))) == (0, 1)
        assert (await desk.ask(request, "name", customers=["c-1"])).status_code == 200
        await hand(desk, "matcher", NOTHING, at=desk.now - timedelta(minutes=1))
        assert "matcher" in (await desk.shown(request))["awaiting"]
    orders = desk.house.units.of(ExportOrdered)
    assert (len(orders), orders[-1].customers) == (2, ("c-1",))
    for store in REQUIRED["access"]:
        await hand(desk, store, NOTHING)
    assert await desk.look() == 1
    assert (await desk.shown(request))["status"] == "ready"


async def test_pieces_come_in_any_order_and_a_later_answer_replaces_an_earlier_one(
    desk: Desk,
) -> None:
    def said(word: str) -> dict[str, Any]:
        return {"messages": [{"id": str(i), "text": word * 500} for i in range(10)]}

    request = await desk.attested("access")
    await own(desk)
    for store in OTHERS:
        if store != "messaging":
            await hand(desk, store)
    first = desk.now
    desk.move(5)
    await hand(desk, "messaging", said("old "), first, slice(0, 2))
    await hand(desk, "messaging", said("new "), only=slice(1, None))
    assert (await desk.shown(request))["awaiting"] == ["messaging"]
    await hand(desk, "messaging", said("old "), first)
    assert (await desk.shown(request))["awaiting"] == ["messaging"]
    await hand(desk, "messaging", said("new "), only=slice(0, 1))
    assert await desk.look() == 1
    rows = data(files((await fetched(desk, request)).content))["messages"]
    assert sorted(int(row["id"]) for row in rows) == list(range(10))
    assert all(row["text"].startswith("new") for row in rows)


async def test_what_was_gathered_goes_when_the_request_ends(desk: Desk) -> None:
    request = await desk.attested("access")
    await hand(desk, "messaging", SAID)
    assert len(await kept(desk, "parts")) == 1
    refused = {"ground": "repetitive", "sentence": "You got it last week."}
    assert (await desk.ask(request, "refuse", **refused)).status_code == 200
    assert await kept(desk, "parts") == []
    await hand(desk, "matcher", SAID)
    assert await kept(desk, "parts") == []
    desk.move(timedelta(days=1))
    orders = len(desk.house.units.of(ExportOrdered))
    await desk.look()
    assert len(desk.house.units.of(ExportOrdered)) == orders


async def test_a_package_goes_when_its_time_is_over(desk: Desk) -> None:
    request = await ready(desk)
    days = 30  # of the profile
    desk.move(timedelta(days=days, seconds=1))
    assert (await fetched(desk, request)).json()["code"] == "package_gone"
    await desk.look()
    assert (await desk.shown(request))["status"] == "expired"
    assert await kept(desk, "packages") == []


async def test_an_agency_may_keep_packages_for_a_shorter_time(desk: Desk) -> None:
    order = RetentionOrdered(category="packages", days=2, version=1)
    await desk.house.store(desk.agency).periods.take(order, desk.now)
    request = await ready(desk)
    about = json.loads(files((await fetched(desk, request)).content)["about.json"])
    days = {one["what"]["en"]: one["days"] for one in about["kept_for"]}
    assert days["this package"] == 2
    desk.move(timedelta(days=2, seconds=1))
    assert (await fetched(desk, request)).status_code == 410


async def test_a_delivered_package_stays_until_its_time_is_over(desk: Desk) -> None:
    request = await ready(desk)
    assert (await fetched(desk, request)).status_code == 200
    desk.move(timedelta(days=29))
    assert (await fetched(desk, request)).status_code == 200
    desk.move(timedelta(days=2))
    assert (await fetched(desk, request)).status_code == 410


async def test_a_package_is_sealed_and_kept_in_pieces_that_a_document_takes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "PIECE", 1000)
    request = await ready(desk)
    rows = await kept(desk, "packages")
    assert len(rows) > 3
    assert not [row for row in rows if b"index.html" in bytes(row["sealed"])]
    assert "index.html" in files((await fetched(desk, request)).content)


async def test_an_agent_may_not_fetch_it_and_another_agency_finds_nothing(desk: Desk) -> None:
    request = await ready(desk)
    path = f"{PATH}/{request['id']}/package"
    agent = desk.house.client(desk.agency, scopes=("privacy:read", "privacy:write"))
    assert (await agent.get(path)).status_code == 403
    elsewhere = desk.house.client(await desk.house.open())
    foreign = await elsewhere.get(path)
    nobody = await elsewhere.get(f"{PATH}/req_{'0' * 32}/package")
    assert (foreign.status_code, nobody.status_code) == (404, 404)
    assert foreign.json()["detail"] == nobody.json()["detail"]
    assert (await desk.shown(request))["status"] == "ready"


async def test_an_erasure_takes_packages_along_and_who_waits_gets_what_is_left(
    desk: Desk,
) -> None:
    request = await ready(desk)
    waiting = await desk.attested("access")
    await hand(desk, "messaging", SAID)
    before = len(desk.house.units.of(ExportOrdered))
    await desk.erased()
    assert await kept(desk, "packages") == []
    assert await kept(desk, "parts") == []
    orders = desk.house.units.of(ExportOrdered)[before:]
    assert {order.request_id for order in orders} == {request["id"], waiting["id"]}
    for one in (request, waiting):
        shown = await desk.shown(one)
        assert (shown["status"], set(shown["awaiting"])) == ("in_progress", {*REQUIRED["access"]})


async def test_consent_tells_words_requests_and_that_a_number_is_left_alone(desk: Desk) -> None:
    act = {"number": DAN, "action": "grant", "purpose": "marketing", "means": "paper"}
    assert (await desk.http.post("/v1/consents", json={**act, "wording": "v7"})).status_code == 201
    stop = {"number": DAN, "action": "withdraw", "purpose": "all", "means": "voice"}
    assert (await desk.http.post("/v1/consents", json=stop)).status_code == 201
    found = data(files((await fetched(desk, await ready(desk))).content))
    assert [row["action"] for row in found["consents"]] == ["grant", "withdraw"]
    assert (found["consents"][0]["wording"], found["consents"][0]["who"]) == ("v7", "Agent 1")
    assert found["consent_state"][0]["suppressed"] is True
    assert found["suppression"][0]["number"] == DAN
    (request,) = found["requests"]
    assert request["verified"]["reason"] == "Showed a passport at the desk."
    assert request["verified"]["verified_by"] == "Agent 1"
    assert desk.subject() not in json.dumps(found)
