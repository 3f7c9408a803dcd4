"""An erasure from its order to its certificate, over each kind of store."""

import hashlib
import json
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

from libs.common.events import (
    ConsentChanged,
    ErasureDone,
    ErasureOrdered,
    ExportPart,
    TenantClosed,
    TenantSaved,
    enclose,
)
from services.consent.domain.ledger.suppression import Suppression
from services.consent.domain.rights.erasure import Erasure
from services.consent.store import Store
from services.consent.store.rights import Rights
from tests.consent.given import DAN, NOON, OTHER, at_once, texted
from tests.consent.rights import ATTEST, STORES, Desk
from tests.consent.trails import entries, noted, seal
from tests.support.http import Harness
from tests.support.orders import park


async def test_the_person_is_left_alone_before_anything_is_destroyed(
    desk: Desk, house: Harness[Store]
) -> None:
    grant = {"number": DAN, "purpose": "marketing", "action": "grant", "means": "web"}
    await desk.http.post("/v1/consents", json=grant)
    desk.move(60)
    request = await desk.attested(customers=["c-1"])
    change = house.units.of(ConsentChanged)[-1]
    assert (change.subject, change.suppressed) == (desk.subject(), True)
    assert {one.state for one in change.permissions} == {"withdrawn"}
    records = await desk.store.ledger.records(desk.subject(), None, 10)
    assert (records[0].purpose, records[0].means, records[0].at) == ("all", "erasure", desk.now)
    assert await desk.store.suppressions.get(DAN) == Suppression("erasure", desk.now)
    (order,) = desk.orders()
    assert order == ErasureOrdered(
        request_id=request["id"],
        subject=desk.subject(),
        at=desk.now,
        customers=("c-1",),
        round=1,
    )
    entry = await desk.store.rights.erasures.get(request["erasure"])
    assert entry is not None
    assert (entry.awaiting, entry.record) == (STORES, records[0].id)
    assert (request["status"], request["awaiting"]) == ("in_progress", list(STORES))


async def test_the_audit_forgets_who_its_entries_are_about_when_it_is_completed(
    desk: Desk, house: Harness[Store], agency: TenantSaved
) -> None:
    """The certificate says so. The entries stay as they are, and those of others tell of them."""
    own, other = desk.subject(), desk.subject(OTHER)
    told = [noted(n, agency.tenant, person=who) for n, who in enumerate((own, other), 1)]
    await seal(house, agency, told)
    before = await entries(desk.store)
    request = await desk.attested()
    await desk.all_answer(2)
    assert await desk.store.audit.person(own) == before[0]["person"]
    desk.move(9)
    assert await desk.look() == 1
    await desk.all_answer()
    assert (await desk.shown(request))["status"] == "completed"
    assert await desk.store.audit.person(own) is None
    assert await desk.store.audit.person(other) == before[1]["person"]
    assert await entries(desk.store) == before


async def test_a_note_still_on_its_way_makes_nobody_known_again(
    desk: Desk, house: Harness[Store], agency: TenantSaved
) -> None:
    """One of a time after the erasure is about somebody who came back."""
    await desk.erased()
    who, completed = desk.subject(), desk.now
    late = noted(1, agency.tenant, person=who)
    await seal(house, agency, [late.model_copy(update={"at": completed - timedelta(seconds=1)})])
    assert await desk.store.audit.person(who) is None
    later = noted(2, agency.tenant, person=who)
    await seal(house, agency, [later.model_copy(update={"at": completed + timedelta(days=1)})])
    first, second = (entry["person"] for entry in await entries(desk.store))
    assert await desk.store.audit.person(who) == second != first


async def test_notes_of_before_and_after_an_erasure_name_two_people_also_in_one_batch(
    desk: Desk, house: Harness[Store], agency: TenantSaved
) -> None:
    """Each is judged by its own time, whatever comes beside it and whoever is known by then."""
    await desk.erased()
    who, completed = desk.subject(), desk.now
    days = (-2, 1, -1, 2)
    lot = [
        noted(n, agency.tenant, person=who).model_copy(
            update={"at": completed + timedelta(days=day)}
        )
        for n, day in enumerate(days, 1)
    ]
    await seal(house, agency, lot)
    one, back, other, again = (entry["person"] for entry in await entries(desk.store))
    assert await desk.store.audit.person(who) == back == again
    assert len({one, other, back}) == 3
    late = noted(5, agency.tenant, person=who).model_copy(update={"at": completed})
    await seal(house, agency, [late])
    last = (await entries(desk.store))[-1]["person"]
    assert last not in {None, one, other, back}
    assert await desk.store.audit.person(who) == back


async def test_what_consent_could_not_take_in_goes_too(
    desk: Desk, house: Harness[Store], agency: TenantSaved
) -> None:
    """But not what must be done and says nothing of the person."""
    parked = house.mongo.service_collection("parked")
    await parked.remove({})
    told = {"request_id": "req_1", "subject": desk.subject(), "store": "matcher", "at": desk.now}
    part = ExportPart(**told, index=0, parts=1, sealed="c2VhbGVk")
    spared = (ErasureDone(**told, round=1), noted(1, agency.tenant, person=desk.subject()))
    others = texted("hello", desk.subject(OTHER), party=OTHER)
    facts = (texted("hello", desk.subject()), part, *spared, others)
    places = [
        await park(
            house,
            enclose(fact, agency.tenant, id=f"p-{n}", source="t", time=desk.now),
            n,
            fact.TOPIC,
        )
        for n, fact in enumerate(facts)
    ]
    await desk.erased()
    assert {row["_id"] for row in await parked.list({})} == set(places[2:])


async def test_what_is_kept_under_the_other_spelling_of_the_line_goes_too(desk: Desk) -> None:
    """Argentina writes a 9 before mobiles when dialled from abroad only."""
    asked, other = "+541123456789", "+5491123456789"
    request = await desk.attested(number=asked)
    subjects = [desk.subject(asked), desk.subject(other)]
    assert [order.subject for order in desk.orders()] == subjects
    for number in (asked, other):
        assert await desk.store.suppressions.get(number) == Suppression("erasure", desk.now)
    entry = await desk.store.rights.erasures.get(request["erasure"])
    assert entry is not None
    assert (entry.subject, [leg.subject for leg in entry.legs]) == (subjects[0], subjects)


async def test_corrections_end_with_what_was_to_be_corrected(
    desk: Desk, house: Harness[Store], agency: TenantSaved
) -> None:
    told: dict[str, Any] = {"customers": ["c-1"], "correction": {"name": "Noura"}}
    ordered = await desk.attested("correction", **told)
    asked = await desk.opened("correction", **told)
    other = await desk.opened("correction", number=OTHER, **told)
    await desk.erased()
    for request in (ordered, asked):
        shown = await desk.shown(request)
        assert (shown["status"], shown["number"]) == ("refused", None)
        assert shown["refused"]["ground"] == "no_such_record"
    assert (await desk.shown(other))["status"] == "received"
    rows = await house.mongo.scope(agency.tenant).collection("requests").list({})
    assert {row["_id"] for row in rows if row["correction"]} == {other["id"]}


async def test_it_is_completed_with_a_certificate_and_without_the_number(
    desk: Desk, house: Harness[Store], agency: TenantSaved
) -> None:
    request = await desk.erased()
    assert (request["status"], request["number"], request["awaiting"]) == ("completed", None, [])
    proof = (await desk.proof(request)).json()
    told = proof["certificate"]
    assert (told["kind"], told["erasure"], told["requests"]) == (
        "erasure",
        request["erasure"],
        [request["id"]],
    )
    counts = {one["store"]: one["deleted"] for one in told["stores"]}
    assert counts == {store: {"things": 2} for store in STORES}
    assert {one["rounds"] for one in told["stores"]} == {2}
    assert (told["ordered_at"], told["completed_at"]) == (
        "2026-11-10T12:00:00.000Z",
        "2026-11-10T12:00:09.000Z",
    )
    kept = [one["what"] for one in told["kept"]]
    assert kept == ["suppression_code", "consent_evidence", "request", "audit", "event_topics"]
    whole = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert proof["sha256"] == hashlib.sha256(whole.encode()).hexdigest()
    (row,) = await house.mongo.scope(agency.tenant).collection("requests").list({})
    assert (row["number"], row["open"], row["status"]) == (None, False, "completed")
    due = house.mongo.service_collection("due")
    assert await due.list({"tenant": agency.tenant}) == []


async def test_what_is_noted_names_nobody_once_it_is_ordered(desk: Desk) -> None:
    await desk.erased()
    notes = await desk.notes()
    assert [note["action"] for note in notes] == [
        "privacy.request_received",
        "privacy.verified",
        "erasure.ordered",
        *["erasure.answered"] * (2 * len(STORES)),
        "privacy.completed",
        "erasure.completed",
    ]
    assert not [note for note in notes[2:] if "person" in note]
    everything = await desk.everything_noted()
    unnamed = [one["action"] for one in everything if "person" not in one]
    assert unnamed[0] == "consent.suppressed"
    answers, each = notes[3:-2], len(STORES)
    assert {note["actor"] for note in answers} == {f"service:{store}" for store in STORES}
    assert [note["facts"]["documents"] for note in answers] == [2] * each + [0] * each


async def test_the_trail_holds_what_the_certificate_is_checked_by(desk: Desk) -> None:
    request = await desk.erased()
    proof = (await desk.proof(request)).json()
    (note,) = [one for one in await desk.notes() if one["action"] == "erasure.completed"]
    assert note["object"] == proof["certificate"]["erasure"]
    assert note["facts"] == {"certificate": proof["sha256"]}
    trail = proof["certificate"]["trail"]
    assert trail["sha256_in"] == note["action"]
    assert trail["objects"] == [request["erasure"], request["id"]]
    told = [one for one in await desk.notes() if one["action"].startswith(("erasure", "privacy"))]
    assert {one["object"] for one in told} == set(trail["objects"])


async def test_two_requests_at_once_are_one_erasure_with_one_certificate(desk: Desk) -> None:
    first, second = await desk.opened(), await desk.opened()
    await at_once(*(desk.ask(one, "attest", **ATTEST) for one in (first, second)))
    rounds = [order.round for order in desk.orders()]
    assert rounds == [1, 2]
    await desk.all_answer(1)
    desk.move(9)
    await desk.look()
    await desk.all_answer()
    done = [await desk.shown(one) for one in (first, second)]
    assert {one["status"] for one in done} == {"completed"}
    assert len({one["erasure"] for one in done}) == 1
    proofs = [(await desk.proof(one)).json() for one in done]
    assert proofs[0] == proofs[1]
    assert proofs[0]["certificate"]["requests"] == sorted([first["id"], second["id"]])
    assert (await desk.actions()).count("erasure.completed") == 1
    assert len({order.request_id for order in desk.orders()}) == 1


async def test_what_a_second_request_brings_is_erased_too(desk: Desk) -> None:
    first = await desk.attested(customers=["c-1"])
    await desk.all_answer(1)
    desk.move(9)
    await desk.look()
    grant = {"number": DAN, "purpose": "marketing", "action": "grant", "means": "web"}
    await desk.http.post("/v1/consents", json=grant)
    desk.move(1)
    second = await desk.attested(customers=["c-2"])
    await desk.all_answer(0)
    assert (await desk.shown(first))["status"] == "in_progress"
    order = desk.orders()[-1]
    assert (order.at, order.customers) == (desk.now, ("c-1", "c-2"))
    assert desk.house.units.of(ConsentChanged)[-1].suppressed
    desk.move(9)
    await desk.look()
    await desk.all_answer(0)
    assert (await desk.shown(second))["status"] == "completed"


async def test_later_the_same_person_may_be_erased_again(desk: Desk) -> None:
    first = await desk.erased()
    desk.move(timedelta(days=90))
    second = await desk.erased()
    assert second["erasure"] != first["erasure"]
    assert (await desk.proof(first)).json() != (await desk.proof(second)).json()


async def test_a_store_that_is_away_is_waited_for_and_asked_again(desk: Desk) -> None:
    request = await desk.attested()
    others = tuple(store for store in STORES if store != "matcher")
    await desk.all_answer(1, others)
    for _ in range(48):
        desk.move(timedelta(hours=1))
        if await desk.look():
            await desk.all_answer(0, others)
    waiting = await desk.shown(request)
    assert (waiting["status"], waiting["awaiting"]) == ("in_progress", ["matcher"])
    assert 48 <= len(desk.orders()) <= 50
    for order in desk.orders():
        await desk.answer("matcher", order, 3 if order.round == 1 else 0)
    assert (await desk.shown(request))["status"] == "in_progress"
    desk.move(9)
    await desk.look()
    await desk.all_answer(0, ("matcher",))
    assert (await desk.shown(request))["status"] == "completed"


async def test_further_numbers_of_the_same_customers_go_too(desk: Desk) -> None:
    request, other = await desk.attested(), desk.subject(OTHER)
    await desk.answer("matcher", desk.orders()[0], 1, (other,))
    assert [order.subject for order in desk.orders()] == [desk.subject(), other]
    state = await desk.store.ledger.state(other)
    assert state is not None
    assert state.suppressed
    await desk.answer("matcher", desk.orders()[0], 0, (other,))
    assert len(desk.orders()) == 2
    for order in desk.orders():
        for store in STORES:
            await desk.answer(store, order)
    desk.move(9)
    await desk.look()
    (first, second) = desk.orders()[2:]
    for store in STORES:
        await desk.answer(store, first)
    assert (await desk.shown(request))["status"] == "in_progress"
    for store in STORES:
        await desk.answer(store, second)
    told = (await desk.proof(request)).json()["certificate"]
    assert told["further_numbers"] == 1


async def test_answers_to_nothing_are_passed(desk: Desk) -> None:
    request = await desk.erased()
    before = (await desk.proof(request)).json()
    await desk.all_answer(5)
    nobodys = desk.orders()[-1].model_copy(update={"request_id": "req_nobodys"})
    await desk.answer("matcher", nobodys, 5)
    access = await desk.attested("access")
    await desk.answer("matcher", nobodys.model_copy(update={"request_id": access["id"]}), 5)
    assert (await desk.proof(request)).json() == before
    assert (await desk.shown(access))["status"] == "in_progress"


async def test_another_agency_with_the_same_person_keeps_everything(
    desk: Desk, house: Harness[Store]
) -> None:
    there = await house.open()
    grant = {"number": DAN, "purpose": "marketing", "action": "grant", "means": "web"}
    await house.client(there).post("/v1/consents", json=grant)
    await desk.erased()
    theirs = house.keys.code(there.tenant, DAN)
    state = await house.store(there).ledger.state(theirs)
    assert state is not None
    assert not state.suppressed
    assert await house.store(there).suppressions.get(DAN) is None
    assert theirs not in {order.subject for order in desk.orders()}


async def test_what_was_sold_to_nobody_comes_back_only_by_the_persons_own_word(
    desk: Desk,
) -> None:
    await desk.erased()
    file = f"phone,consent,consent_at\n{DAN},yes,2026-10-01\n".encode()
    report = await desk.http.post(
        "/v1/consents:import", content=file, headers={"Content-Type": "text/csv"}
    )
    assert report.json()["ignored_older_than_withdrawal"] == 1
    entry = await desk.store.suppressions.get(DAN)
    assert entry == Suppression("erasure", NOON)
    desk.move(3600)
    grant = {"number": DAN, "purpose": "marketing", "action": "grant", "means": "web"}
    state = (await desk.http.post("/v1/consents", json=grant)).json()["state"]
    assert not state["suppressed"]


async def test_a_step_that_is_cut_off_is_done_by_the_next_process(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each write of a step fails in turn: nothing of it is seen, and then all of it."""
    request = await desk.opened(customers=["c-1"])
    whole = Rights.keep_erasure

    async def cut(rights: Rights, erasure: Erasure) -> None:
        await whole(rights, erasure)
        raise ConnectionError("killed")

    async def cut_off(step: Any) -> None:
        sent = len(desk.house.units.envelopes)
        noted = len(await desk.notes())
        monkeypatch.setattr(Rights, "keep_erasure", cut)
        with suppress(ConnectionError):
            assert (await step()).status_code == 500
        monkeypatch.setattr(Rights, "keep_erasure", whole)
        assert (len(desk.house.units.envelopes), len(await desk.notes())) == (sent, noted)
        await step()

    await cut_off(lambda: desk.ask(request, "attest", **ATTEST))
    for store in STORES:
        await cut_off(lambda store=store: desk.answer(store, desk.orders()[0], 2))
    desk.move(9)
    monkeypatch.setattr(Rights, "keep_erasure", cut)
    await desk.look()
    monkeypatch.setattr(Rights, "keep_erasure", whole)
    assert len(desk.orders()) == 1
    desk.move(31)  # after a failure it is looked at again
    await desk.look()
    for store in STORES:
        await cut_off(lambda store=store: desk.answer(store, desk.orders()[-1]))
    assert (await desk.shown(request))["status"] == "completed"
    told = (await desk.proof(request)).json()["certificate"]
    assert [one["deleted"] for one in told["stores"]] == [{"things": 2}] * len(STORES)


async def test_what_is_due_of_an_agency_that_has_left_is_let_go(desk: Desk) -> None:
    await desk.attested()
    desk.move(60)
    desk.house.tenants.put(TenantClosed(tenant=desk.agency.tenant))
    assert await desk.look() == 1
    assert await desk.look() == 0


def test_every_service_that_takes_the_order_is_waited_for() -> None:
    apps = {
        name: import_module(f"services.{name}.app")
        for name in ("ingest", "matcher", "insights", "messaging", "gateway")
    }
    taking = {
        name
        for name, app in apps.items()
        if any(kind is ErasureOrdered for kind, _ in app.CONSUMES)
    }
    assert taking <= set(STORES)
