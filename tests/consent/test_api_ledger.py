"""HTTP in: what one person allows."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from libs.common import clock
from libs.common.events import ConsentChanged, TenantSaved
from libs.common.web import Cursor
from services.consent.domain.ledger.suppression import Suppression
from services.consent.store import Store
from tests.consent.given import DAN, NOON, OTHER, at_once, code_of, texted
from tests.support.http import Harness

PATH = "/v1/consents"
GRANT = {"number": DAN, "purpose": "marketing", "action": "grant", "means": "web"}
in_memory = pytest.mark.parametrize("house", ["memory"], indirect=True)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


async def written(client: httpx.AsyncClient, **told: Any) -> dict[str, Any]:
    answer = await client.post(PATH, json={**GRANT, **told})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def refused(client: httpx.AsyncClient, **told: Any) -> dict[str, Any]:
    answer = await client.post(PATH, json={**GRANT, **told})
    assert answer.status_code == 422
    body: dict[str, Any] = answer.json()
    return body


async def test_a_grant(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    subject = code_of(house, agency)
    answer = await client.post(PATH, json={**GRANT, "wording": "v3", "number": "(212) 555-0123"})
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{PATH}/{subject}"
    record, state = answer.json()["record"], answer.json()["state"]
    assert record == {
        "id": record["id"],
        "action": "grant",
        "purpose": "marketing",
        "channel": "sms",
        "at": "2026-11-10T12:00:00Z",
        "means": "web",
        "who": "usr_7",
        "wording": "v3",
        "collected_directly": True,
        "message_id": None,
        "subject": subject,
        "seq": 1,
        "recorded_at": "2026-11-10T12:00:00Z",
    }
    assert state == {
        "subject": subject,
        "version": 1,
        "permissions": [
            {
                "purpose": "marketing",
                "channel": "sms",
                "state": "granted",
                "since": "2026-11-10T12:00:00Z",
                "means": "web",
                "collected_directly": True,
                "record_id": record["id"],
            }
        ],
        "suppressed": False,
        "suspected": False,
        "objected": False,
        "restricted": False,
        "changed_at": "2026-11-10T12:00:00Z",
    }
    assert house.units.of(ConsentChanged) == [ConsentChanged.model_validate(state)]
    assert (await client.post(f"{PATH}:find", json={"number": DAN})).json() == state
    shown = (await client.get(answer.headers["location"])).json()
    assert shown == {"state": state, "data": [record], "next_cursor": None}
    assert (await client.get(PATH)).json()["data"] == [state]


async def test_withdrawing_is_one_call_as_granting_is(client: httpx.AsyncClient) -> None:
    await written(client)
    state = (await written(client, action="withdraw"))["state"]
    assert [p["state"] for p in state["permissions"]] == ["withdrawn"]
    assert (state["version"], state["suppressed"]) == (2, False)


async def test_a_telephoned_stop_suppresses_the_number_and_a_later_grant_lifts_it(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    before = NOON - timedelta(seconds=30)
    stop = {"action": "withdraw", "purpose": "all", "means": "voice", "at": before.isoformat()}
    assert (await written(client, **stop))["state"]["suppressed"]
    suppressions = house.store(agency).suppressions
    assert await suppressions.get(DAN) == Suppression("stop", before)
    assert not (await written(client))["state"]["suppressed"]
    assert await suppressions.get(DAN) == Suppression("stop", before, NOON)


async def test_an_act_of_a_clock_ahead_of_ours_does_not_undo_a_later_stop(
    house: Harness[Store],
    agency: TenantSaved,
    client: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = await written(client, at=(NOON + timedelta(seconds=50)).isoformat())
    assert said["record"]["at"] == said["state"]["changed_at"] == "2026-11-10T12:00:00Z"
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(seconds=10))
    await house.take(texted("stop", code_of(house, agency), 5), agency)
    assert house.units.of(ConsentChanged)[-1].suppressed


async def test_what_is_written_down_later_but_was_said_earlier_changes_no_state(
    client: httpx.AsyncClient,
) -> None:
    await written(client, action="withdraw")
    said = await written(client, at="2026-11-09T10:00:00+03:00")
    assert said["record"]["at"] == "2026-11-09T07:00:00Z"
    assert said["state"]["permissions"][0]["state"] == "withdrawn"
    assert said["state"]["version"] == 2


async def test_those_that_somebody_must_decide(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    subject = code_of(house, agency)
    await house.take(texted("suspected", subject, -60), agency)
    await written(client, number=OTHER)
    waiting = (await client.get(PATH, params={"suspected": True})).json()["data"]
    assert [state["subject"] for state in waiting] == [subject]
    body = {"number": DAN, "action": "clear", "means": "agent"}
    assert (await client.post(PATH, json=body)).status_code == 201
    assert (await client.get(PATH, params={"suspected": True})).json()["data"] == []
    assert len((await client.get(PATH)).json()["data"]) == 2


async def test_an_objection_and_its_end(client: httpx.AsyncClient) -> None:
    body = {"number": DAN, "action": "object", "means": "agent", "at": "2026-11-10T11:00:00Z"}
    answer = (await client.post(PATH, json=body)).json()
    assert (answer["record"]["purpose"], answer["state"]["objected"]) == ("profiling", True)
    answer = (await client.post(PATH, json={**body, "action": "end_objection"})).json()
    assert answer["state"]["objected"]  # at the same moment the objection counts
    del body["at"]
    answer = (await client.post(PATH, json={**body, "action": "end_objection"})).json()
    assert (answer["state"]["objected"], answer["state"]["version"]) == (False, 3)


async def test_the_history_comes_in_pages_newest_first(client: httpx.AsyncClient) -> None:
    subjects = [(await written(client))["state"]["subject"] for _ in range(5)]
    path, seen, cursor = f"{PATH}/{subjects[0]}", [], None
    for _ in range(3):
        page = (await client.get(path, params=_given(limit=2, cursor=cursor))).json()
        assert page["state"]["version"] == 5
        seen += [record["seq"] for record in page["data"]]
        cursor = page["next_cursor"]
    assert (seen, cursor) == ([5, 4, 3, 2, 1], None)


async def test_the_list_comes_in_pages(client: httpx.AsyncClient) -> None:
    for last in range(5):
        await written(client, number=f"+1202555013{last}")
    seen, cursor = [], None
    for _ in range(3):
        page = (await client.get(PATH, params=_given(limit=2, cursor=cursor))).json()
        seen += [state["subject"] for state in page["data"]]
        cursor = page["next_cursor"]
    assert (len(set(seen)), len(seen), cursor) == (5, 5, None)


async def test_nothing_was_ever_said(client: httpx.AsyncClient) -> None:
    for answer in (
        await client.get(f"{PATH}/nobody"),
        await client.post(f"{PATH}:find", json={"number": DAN}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_stranger_gets_what_an_unknown_id_gets(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    path = f"{PATH}/{(await written(client))['state']['subject']}"
    stranger = house.client(await house.open())
    assert (await stranger.get(path)).content == (await stranger.get(f"{PATH}/nobody")).content
    assert (await stranger.get(PATH)).json()["data"] == []
    assert (await stranger.post(f"{PATH}:find", json={"number": DAN})).status_code == 404


@in_memory
@pytest.mark.parametrize("path", [PATH, f"{PATH}:find"])
@pytest.mark.parametrize(
    ("number", "code"), [("", "empty"), ("12", "not_possible"), ("+1 212 555", "not_possible")]
)
async def test_a_number_that_is_none(
    client: httpx.AsyncClient, path: str, number: str, code: str
) -> None:
    body = {"number": number} if path.endswith("find") else {**GRANT, "number": number}
    answer = await client.post(path, json=body)
    assert answer.status_code == 422
    told = answer.json()
    assert (told["code"], told["errors"][0]["pointer"]) == (code, "#/number")
    assert told["detail"].endswith(".")
    assert not number or number not in answer.text


@in_memory
async def test_what_is_still_to_come_cannot_have_been_said(client: httpx.AsyncClient) -> None:
    told = await refused(client, at=(NOON + timedelta(seconds=61)).isoformat())
    assert (told["code"], told["errors"][0]["pointer"]) == ("future", "#/at")
    assert "still to come" in told["detail"]
    said = await written(client, at=(NOON + timedelta(seconds=60)).isoformat())
    assert said["record"]["at"] == "2026-11-10T12:00:00Z"


@in_memory
async def test_nor_what_no_calendar_holds(client: httpx.AsyncClient) -> None:
    assert (await refused(client, at="9999-12-31T23:59:59-14:00"))["code"] == "future"


@in_memory
@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "1989-12-31T23:59:59Z"])
async def test_nor_what_lies_before_the_first_text(client: httpx.AsyncClient, at: str) -> None:
    assert (await refused(client, at=at))["code"] == "too_early"


@in_memory
@pytest.mark.parametrize(
    "told",
    [
        {"at": "2026-11-10T12:00:00"},
        {"at": "yesterday"},
        {"means": "csv"},
        {"means": None},
        {"action": "forget"},
        {"channel": "fax"},
        {"purpose": "resale"},
        {"wording": "w" * 101},
        {"number": None},
        {"subject": "x"},
    ],
)
async def test_a_body_that_cannot_be_used(client: httpx.AsyncClient, told: dict[str, Any]) -> None:
    assert (await refused(client, **told))["code"] == "invalid_request"


@in_memory
@pytest.mark.parametrize(
    "told",
    [
        {"purpose": None},
        {"purpose": "all"},
        {"action": "object"},
        {"action": "withdraw", "purpose": None},
    ],
)
async def test_a_purpose_that_does_not_fit(client: httpx.AsyncClient, told: dict[str, Any]) -> None:
    answer = await refused(client, **told)
    assert (answer["code"], answer["errors"][0]["pointer"]) == ("unfit_purpose", "#/purpose")


@in_memory
@pytest.mark.parametrize("position", [10**30, -(10**30), 0])
async def test_a_cursor_that_somebody_made_up_does_no_harm(
    agency: TenantSaved, client: httpx.AsyncClient, position: int
) -> None:
    subject = (await written(client))["state"]["subject"]
    cursor = Cursor(f"consents/{subject}", agency.tenant).write(position)
    answer = await client.get(f"{PATH}/{subject}", params={"cursor": cursor})
    assert answer.status_code == 200


@in_memory
async def test_each_operation_asks_for_its_scope(
    house: Harness[Store], agency: TenantSaved
) -> None:
    reader = house.client(agency, scopes=["consents:read"])
    writer = house.client(agency, scopes=["consents:write"])
    assert (await reader.post(PATH, json=GRANT)).status_code == 403
    assert (await reader.post(f"{PATH}:import", content=b"")).status_code == 403
    assert (await writer.get(PATH)).status_code == 403
    assert (await writer.post(f"{PATH}:find", json={"number": DAN})).status_code == 403
    assert (await house.client(None).get(PATH)).status_code == 401


async def keyed(client: httpx.AsyncClient, key: str, **told: Any) -> httpx.Response:
    return await client.post(PATH, json={**GRANT, **told}, headers={"Idempotency-Key": key})


async def test_a_grant_that_is_sent_again_lifts_no_stop(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    first = await keyed(client, "k:1")
    assert (first.status_code, "Idempotent-Replayed" in first.headers) == (201, False)
    await house.take(texted("stop", code_of(house, agency)), agency)
    told = len(house.units.emitted)
    again = await keyed(client, "k:1")
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert again.headers["Location"] == first.headers["Location"]
    assert again.json()["record"] == first.json()["record"]
    state = again.json()["state"]
    assert (state["version"], state["suppressed"]) == (2, True)
    assert len(house.units.emitted) == told
    found = await house.store(agency).suppressions.get(DAN)
    assert found == Suppression("stop", NOON)


@pytest.mark.parametrize("other", [{"number": OTHER}, {"action": "withdraw"}, {"wording": "v9"}])
async def test_a_key_is_for_one_body(
    house: Harness[Store], client: httpx.AsyncClient, other: dict[str, Any]
) -> None:
    await keyed(client, "k:1")
    answer = await keyed(client, "k:1", **other)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")
    assert len(house.units.of(ConsentChanged)) == 1
    assert (await keyed(client, "k:2", **other)).status_code == 201


async def test_a_key_is_of_one_agency(house: Harness[Store], client: httpx.AsyncClient) -> None:
    first = await keyed(client, "k:1")
    second = await keyed(house.client(await house.open()), "k:1")
    assert "Idempotent-Replayed" not in second.headers
    assert second.json()["record"]["id"] != first.json()["record"]["id"]


@in_memory
@pytest.mark.parametrize("key", ["", "a b", "k" * 256, "kéy"])
async def test_a_key_has_a_form(client: httpx.AsyncClient, key: str) -> None:
    headers = {b"Idempotency-Key": key.encode()}
    answer = await client.post(PATH, json=GRANT, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_of_many_requests_with_one_key_one_counts(
    house: Harness[Store], client: httpx.AsyncClient
) -> None:
    answers = await at_once(*(keyed(client, "k:1") for _ in range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["record"]["id"] for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 7
    assert len(house.units.of(ConsentChanged)) == 1


async def test_what_tells_bodies_apart_is_shown_to_nobody(client: httpx.AsyncClient) -> None:
    record = (await keyed(client, "k:1")).json()["record"]
    shown = (await client.get(f"{PATH}/{record['subject']}")).json()["data"]
    assert shown == [record]
    assert "fingerprint" not in record


async def test_two_agents_at_once_write_two_records(client: httpx.AsyncClient) -> None:
    answers = await at_once(*(client.post(PATH, json=GRANT) for _ in range(8)))
    assert [answer.status_code for answer in answers] == [201] * 8
    assert sorted(answer.json()["record"]["seq"] for answer in answers) == list(range(1, 9))


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
