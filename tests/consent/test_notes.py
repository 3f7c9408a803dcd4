"""What people allow, and who looks it up, goes on record."""

from typing import Any

import httpx
import pytest

from libs.common import clock
from libs.common.events import TenantSaved
from services.consent.store import Store
from tests.consent.given import DAN, NOON, at, code_of, failed, texted
from tests.support.http import Harness
from tests.support.notes import notes_of


@pytest.fixture(autouse=True)
def _evening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: at(6 * 3600))


def told(action: str, **more: Any) -> dict[str, Any]:
    return {"number": DAN, "action": action, "means": "web", **more}


async def test_every_act_is_noted_once_by_whoever_did_it(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    subject = code_of(house, agency)
    grant = told("grant", purpose="marketing", wording="v1 signed by Dan Moe")
    for _ in range(2):
        headers = {"Idempotency-Key": "one"}
        answer = await client.post("/v1/consents", json=grant, headers=headers)
        assert answer.status_code == 201, answer.text
    message = texted("stop", subject, 60)
    for event in ("e-1", "e-2"):
        await house.take(message, agency, event)
    await house.take(failed(subject), agency)
    for action in ("suspect", "clear", "object", "end_objection"):
        assert (await client.post("/v1/consents", json=told(action))).status_code == 201
    notes = await notes_of(house, agency)
    assert [(note["action"], note["actor"]) for note in notes] == [
        ("consent.granted", "user:usr_7"),
        ("consent.suppressed", "person"),
        ("consent.suppressed", "provider"),
        ("consent.suspected", "user:usr_7"),
        ("consent.cleared", "user:usr_7"),
        ("consent.objected", "user:usr_7"),
        ("consent.objection_ended", "user:usr_7"),
    ]
    assert {note["person"] for note in notes} == {subject}
    assert notes[0]["facts"] == {"purpose": "marketing", "channel": "sms", "means": "web"}
    assert "Moe" not in str(notes)
    assert DAN.lstrip("+") not in str(notes)


async def test_what_a_program_writes_down_is_noted_under_its_key(
    house: Harness[Store], agency: TenantSaved
) -> None:
    program = house.client(agency, role="app", user="key_0d5f")
    await program.post("/v1/consents", json=told("grant", purpose="marketing"))
    body = {"kind": "access", "number": DAN, "channel": "web"}
    answer = await program.post("/v1/privacy/requests", json=body)
    assert answer.status_code == 201, answer.text
    await program.get("/v1/consents")
    notes = await notes_of(house, agency)
    assert [(note["action"], note["actor"]) for note in notes] == [
        ("consent.granted", "key:key_0d5f"),
        ("privacy.request_received", "key:key_0d5f"),
        ("access.read", "key:key_0d5f"),
    ]


async def test_one_purpose_taken_back_is_no_suppression(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    await client.post("/v1/consents", json=told("withdraw", purpose="marketing"))
    (note,) = await notes_of(house, agency)
    assert note["action"] == "consent.withdrawn"


async def test_each_line_of_a_file_that_says_something_new_is_noted(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    file = f"phone,consent,consent_at\n{DAN},yes,{NOON:%Y-%m-%d}\n+12025550177,no,{NOON:%Y-%m-%d}\n"
    headers = {"content-type": "text/csv"}
    for _ in range(2):
        answer = await client.post("/v1/consents:import", content=file, headers=headers)
        assert answer.status_code == 200, answer.text
    actions = sorted(note["action"] for note in await notes_of(house, agency))
    assert actions == ["consent.granted", "consent.withdrawn"]


async def test_reads_are_noted_and_what_shows_nobody_is_not(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    subject = code_of(house, agency)
    assert (await client.get("/v1/consents")).json()["data"] == []
    assert (await client.get(f"/v1/consents/{subject}")).status_code == 404
    assert await notes_of(house, agency) == []
    await house.take(texted("stop", subject), agency)
    for answer in (
        await client.get("/v1/consents"),
        await client.get(f"/v1/consents/{subject}"),
        await client.post("/v1/consents:find", json={"number": DAN}),
    ):
        assert answer.status_code == 200
    _, *reads = await notes_of(house, agency)
    assert {(note["action"], note["actor"]) for note in reads} == {("access.read", "user:usr_7")}
    assert [(n["facts"]["operation"], n["object"], n.get("person")) for n in reads] == [
        ("GET /v1/consents", "consents", None),
        ("GET /v1/consents/{subject}", "consent", subject),
        ("POST /v1/consents:find", "consent", subject),
    ]
    assert [note["facts"]["documents"] for note in reads] == [1, 1, 1]


async def test_a_page_beyond_the_last_record_still_shows_the_state_and_is_noted(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    subject = code_of(house, agency)
    await house.take(texted("stop", subject), agency)
    path, cursor = f"/v1/consents/{subject}", None
    for count in (1, 0):
        answer = await client.get(
            path, params={"limit": 1, **({"cursor": cursor} if cursor else {})}
        )
        page = answer.json()
        assert (len(page["data"]), page["state"]["suppressed"]) == (count, True)
        cursor = page["next_cursor"]
    _, *reads = await notes_of(house, agency)
    assert [(note["person"], note["facts"]["documents"]) for note in reads] == [(subject, 1)] * 2
