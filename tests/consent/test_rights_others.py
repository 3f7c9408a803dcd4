"""Requests by text, objections, restrictions and corrections."""

import base64
import json

import pytest

from libs.common.events import ConsentChanged, CorrectionOrdered, TenantSaved
from libs.common.events.privacy import CHANGE_FIELD
from services.consent.store import Store
from tests.consent.given import DAN, OTHER, texted
from tests.consent.rights import PATH, Desk
from tests.support.http import Harness


async def board(desk: Desk) -> list[dict[str, object]]:
    found: list[dict[str, object]] = (await desk.http.get(PATH)).json()["data"]
    return found


@pytest.mark.parametrize(("word", "kind"), [("erase", "erasure"), ("access", "access")])
async def test_a_text_opens_a_request_once(desk: Desk, word: str, kind: str) -> None:
    desk.move(60)
    message = texted(word, desk.subject())
    for event in ("e-1", "e-1", "e-2"):
        await desk.house.take(message, desk.agency, event)
    await desk.house.take(texted(word, desk.subject(), 30), desk.agency)
    (request,) = await board(desk)
    assert (request["kind"], request["channel"], request["status"]) == (kind, "sms", "received")
    assert request["received_at"] == "2026-11-10T12:00:00Z"
    assert (await desk.notes())[0]["actor"] == "person"
    await desk.house.take(texted(word, desk.subject(OTHER), 31, party=OTHER), desk.agency)
    assert len(await board(desk)) == 2


async def test_after_one_is_closed_a_text_opens_another(desk: Desk) -> None:
    await desk.house.take(texted("access", desk.subject()), desk.agency)
    (request,) = await board(desk)
    told = {"ground": "unfounded", "sentence": "x"}
    await desk.ask(str(request["id"]), "refuse", **told)
    await desk.house.take(texted("access", desk.subject()), desk.agency)
    assert len(await board(desk)) == 2


async def test_who_wants_all_deleted_gets_no_promotions_meanwhile(desk: Desk) -> None:
    await desk.house.take(texted("erase", desk.subject()), desk.agency)
    assert desk.house.units.of(ConsentChanged)[-1].suspected
    assert desk.orders() == []


@pytest.mark.parametrize("word", ["none", "stop", "help", "suspected", "start"])
async def test_other_texts_open_nothing(desk: Desk, word: str) -> None:
    await desk.house.take(texted(word, desk.subject()), desk.agency)
    await desk.house.take(texted("erase", None, party=None, party_kind="short_code"), desk.agency)
    assert await board(desk) == []


async def test_an_objection_is_done_at_once(desk: Desk) -> None:
    done = await desk.attested("objection")
    assert (done["status"], done["number"]) == ("completed", None)
    change = desk.house.units.of(ConsentChanged)[-1]
    assert (change.objected, change.restricted, change.suppressed) == (True, False, False)
    told = (await desk.proof(done)).json()["certificate"]
    assert (told["kind"], told["outcome"]) == ("objection", "completed")
    assert told["trail"] == {"objects": [done["id"]]}
    assert (await desk.actions())[-1] == "privacy.completed"


async def test_a_restriction_holds_until_it_is_ended(desk: Desk) -> None:
    await desk.attested("restriction")
    change = desk.house.units.of(ConsentChanged)[-1]
    assert (change.subject, change.restricted, change.objected) == (desk.subject(), True, False)
    desk.move(60)
    body = {"number": DAN, "action": "end_restriction", "means": "agent"}
    state = (await desk.http.post("/v1/consents", json=body)).json()["state"]
    assert not state["restricted"]
    odd = await desk.http.post("/v1/consents", json={**body, "purpose": "marketing"})
    assert (odd.status_code, odd.json()["code"]) == (422, "unfit_purpose")


CHANGE = {"name": "Daniel Roe", "numbers": [{"number": OTHER}]}


async def test_a_correction_goes_to_the_record_and_is_done_when_it_is_taken_in(
    desk: Desk, house: Harness[Store], agency: TenantSaved
) -> None:
    request = await desk.attested("correction", customers=["c-1"], correction=CHANGE)
    assert (request["status"], request["awaiting"]) == ("in_progress", ["matcher"])
    (order,) = house.units.of(CorrectionOrdered)
    assert (order.customer_id, order.request_id) == ("c-1", request["id"])
    sealed = base64.b64decode(order.sealed)
    assert json.loads(house.keys.unseal(agency.tenant, CHANGE_FIELD, sealed)) == CHANGE
    await desk.corrected(request, found=True)
    await desk.corrected(request, found=False)
    done = await desk.shown(request)
    assert (done["status"], done["awaiting"]) == ("completed", [])
    assert (await desk.actions())[-3:] == [
        "correction.ordered",
        "correction.done",
        "privacy.completed",
    ]
    (row,) = await house.mongo.scope(agency.tenant).collection("requests").list({})
    assert (row["correction"], row["number"]) == (None, None)


async def test_a_correction_of_no_record_is_refused(desk: Desk) -> None:
    request = await desk.attested("correction", customers=["c-1"], correction=CHANGE)
    await desk.corrected(request, found=False)
    done = await desk.shown(request)
    assert done["status"] == "refused"
    assert done["refused"] == {
        "at": "2026-11-10T12:00:00Z",
        "ground": "no_such_record",
        "sentence": None,
    }


async def test_a_correction_that_would_bring_somebody_back_is_refused(desk: Desk) -> None:
    request = await desk.attested("correction", customers=["c-1"], correction=CHANGE)
    await desk.corrected(request, found=False, reason="number_erased")
    done = await desk.shown(request)
    assert (done["status"], done["awaiting"], done["number"]) == ("refused", [], None)
    assert done["refused"]["ground"] == "number_erased"
    note = (await desk.notes())[-1]
    assert (note["action"], note["outcome"]) == ("correction.done", "refused")
    assert note["reason"] == "number_erased"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"numbers": [{"number": OTHER}, {"number": "12"}]}, "#/correction/numbers/1"),
        ({"renewal_on": "31/31/2027"}, "#/correction/renewal_on"),
        ({"policy": "P-7"}, "#/correction/policy"),
        ({"name": "Noura", "email": {"home": "a@b.org"}}, "#/correction/email"),
    ],
)
async def test_a_correction_that_nobody_could_use_is_not_opened(
    desk: Desk, change: dict[str, object], pointer: str
) -> None:
    told = {"kind": "correction", "number": DAN, "channel": "oral", "customers": ["c-1"]}
    answer = await desk.http.post(PATH, json={**told, "correction": change})
    assert (answer.status_code, answer.json()["code"]) == (422, "unusable_correction")
    (error,) = answer.json()["errors"]
    assert error["pointer"] == pointer
    assert error["detail"]
    assert await board(desk) == []
