"""HTTP in: requests are opened, found and shown."""

from datetime import timedelta
from typing import Any

import pytest

from libs.common.events import TenantSaved
from services.consent.store import Store
from tests.consent.given import DAN, NOON, OTHER, at_once
from tests.consent.rights import ATTEST, PATH, Desk, moment
from tests.support.http import Harness

DAY = timedelta(days=1)


async def test_a_request_is_written_down_with_its_days(desk: Desk) -> None:
    came = NOON - 2 * DAY
    body = {"kind": "access", "number": "(212) 555-0123", "channel": "post"}
    answer = await desk.http.post(PATH, json=body | {"received_at": came.isoformat()})
    assert answer.status_code == 201
    request = answer.json()
    assert answer.headers["location"] == f"{PATH}/{request['id']}"
    assert request == {
        "id": request["id"],
        "kind": "access",
        "channel": "post",
        "status": "received",
        "subject": desk.subject(),
        "number": "+•••••••••23",
        "customers": None,
        "holders": [],
        "received_at": "2026-11-08T12:00:00Z",
        "opened_at": "2026-11-10T12:00:00Z",
        "due_at": "2026-12-08T12:00:00Z",
        "target_at": "2026-11-18T12:00:00Z",
        "breached_at": None,
        "verified": None,
        "extended": None,
        "refused": None,
        "awaiting": [],
        "erasure": None,
        "closed_at": None,
    }
    assert await desk.shown(request) == request
    (note,) = await desk.notes()
    assert note == {
        "action": "privacy.request_received",
        "actor": "user:usr_7",
        "person": desk.subject(),
        "object": request["id"],
        "facts": {"kind": "access", "channel": "post"},
    }
    assert desk.house.units.emitted == []


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"number": "12"}, "not_possible"),
        ({"received_at": "2026-11-10T12:02:00Z"}, "future"),
        ({"kind": "portability"}, "invalid_request"),
        ({"channel": "sms"}, "invalid_request"),
        ({"customers": []}, "invalid_request"),
        ({"correction": {"name": "Dan"}}, "invalid_request"),
        ({"kind": "correction", "customers": ["c-1"]}, "invalid_request"),
        ({"kind": "correction", "correction": {"name": "Dan"}}, "invalid_request"),
        (
            {"kind": "correction", "correction": {"Not A Field": 1}, "customers": ["c-1"]},
            "invalid_request",
        ),
        ({"reason": "x"}, "invalid_request"),
    ],
)
@pytest.mark.parametrize("house", ["memory"], indirect=True)
async def test_what_cannot_be_used(desk: Desk, told: dict[str, Any], code: str) -> None:
    body = {"kind": "erasure", "number": DAN, "channel": "oral", **told}
    answer = await desk.http.post(PATH, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert DAN[2:] not in answer.text
    assert "Dan" not in answer.text


async def test_a_known_and_an_unknown_number_are_answered_alike(desk: Desk) -> None:
    await desk.http.post(
        "/v1/consents",
        json={"number": DAN, "purpose": "marketing", "action": "grant", "means": "web"},
    )
    known, unknown = await desk.opened(), await desk.opened(number=OTHER)
    differs = {"id", "subject", "number"}
    plain = [{k: v for k, v in one.items() if k not in differs} for one in (known, unknown)]
    assert plain[0] == plain[1]
    codes = [await desk.ask(one, "send-code") for one in (known, unknown)]
    assert [code.status_code for code in codes] == [202, 202]
    assert codes[0].json() == codes[1].json()
    wrong = [await desk.ask(one, "verify", code="000000") for one in (known, unknown)]
    assert [one.status_code for one in wrong] == [422, 422]
    assert wrong[0].json()["code"] == wrong[1].json()["code"] == "wrong_code"


async def test_one_key_is_one_request(desk: Desk) -> None:
    key, body = {"Idempotency-Key": "k-1"}, {"kind": "access", "number": DAN, "channel": "oral"}
    answers = await at_once(*(desk.http.post(PATH, json=body, headers=key) for _ in range(4)))
    assert {one.status_code for one in answers} == {201}
    assert len({one.json()["id"] for one in answers}) == 1
    assert sum("Idempotent-Replayed" in one.headers for one in answers) == 3
    other = await desk.http.post(PATH, json=body | {"kind": "erasure"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert await desk.actions() == ["privacy.request_received"]


async def test_the_board_shows_what_is_due_first(desk: Desk) -> None:
    days = [3, 1, 2, 5, 4]
    made = [await desk.opened("access", received_at=(NOON - day * DAY).isoformat()) for day in days]
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = (await desk.http.get(PATH, params={"limit": 2, **cursor})).json()
        seen += [one["id"] for one in page["data"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == [made[i]["id"] for i in (3, 4, 0, 2, 1)]
    await desk.ask(made[0], "refuse", ground="unfounded", sentence="You are no customer of ours.")
    await desk.ask(made[1], "extend", reason="Many requests at once.")

    async def found(**sought: Any) -> list[str]:
        return [one["id"] for one in (await desk.http.get(PATH, params=sought)).json()["data"]]

    assert await found(status="refused") == await found(open=False) == [made[0]["id"]]
    assert await found(status="extended") == [made[1]["id"]]
    assert len(await found(open=True)) == 4
    soon = moment(made[2]["due_at"]).isoformat()
    assert await found(due_before=soon, open=True) == [made[3]["id"], made[4]["id"]]
    assert await found(kind="erasure") == []


async def test_another_agency_finds_nothing_and_changes_nothing(
    desk: Desk, house: Harness[Store]
) -> None:
    request = await desk.erased()
    waiting = await desk.opened("access")
    other = house.client(await house.open())
    said = {"attest": ATTEST, "verify": {"code": "000000"}, "extend": {"reason": "x"}}
    said |= {"refuse": {"ground": "unfounded", "sentence": "x"}, "send-code": {}}
    for one in (request["id"], waiting["id"], "req_nobodys"):
        answers = [await other.get(f"{PATH}/{one}"), await other.get(f"{PATH}/{one}/certificate")]
        answers += [await other.post(f"{PATH}/{one}:{verb}", json=b) for verb, b in said.items()]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
    assert (await other.get(PATH)).json()["data"] == []
    assert await desk.shown(waiting) == waiting


async def test_what_an_agent_may(desk: Desk, house: Harness[Store], agency: TenantSaved) -> None:
    agent = house.client(agency, role="agent", scopes={"privacy:read", "privacy:write"})
    body = {"kind": "erasure", "number": DAN, "channel": "agent"}
    request = (await agent.post(PATH, json=body)).json()
    assert (await agent.post(f"{PATH}/{request['id']}:send-code")).status_code == 202
    for verb, told in (("attest", ATTEST), ("extend", {"reason": "x"}), ("refuse", {})):
        answer = await agent.post(f"{PATH}/{request['id']}:{verb}", json=told)
        assert answer.status_code == 403
    done = await agent.post(f"{PATH}/{request['id']}:verify", json={"code": desk.code()})
    assert done.json()["status"] == "in_progress"


async def test_no_document_and_no_event_holds_the_number_or_what_was_said(
    desk: Desk, house: Harness[Store], agency: TenantSaved
) -> None:
    change = {"name": "Daniela Canary"}
    await desk.attested("correction", customers=["c-1"], correction=change)
    request = await desk.opened("access")
    await desk.ask(request, "send-code")
    await desk.ask(request, "extend", reason="Canary in the mine.")
    await desk.ask(request, "verify", code=desk.code())
    code = desk.code()
    await desk.ask(request, "refuse", ground="repetitive", sentence="Canary sang before.")
    scope = house.mongo.scope(agency.tenant)
    rows = [
        row
        for entity in house.service.entities
        for row in await scope.collection(entity.name).list({})
    ]
    shared = [await house.mongo.service_collection(n).list({}) for n in ("trail", "due")]
    told = str(rows) + str(shared)
    told += "".join(one.to_json().decode() for one in house.units.envelopes)
    for secret in (DAN[2:], "Canary", "passport", code):
        assert secret not in told
    assert (await desk.shown(request))["refused"]["sentence"] == "Canary sang before."
