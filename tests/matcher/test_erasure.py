"""People leave matcher: over documents in memory and over the real server."""

import asyncio
import json
from base64 import b64encode
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
from typing import Any

import httpx
import pytest
from motor.motor_asyncio import AsyncIOMotorClient

from libs.common.events import (
    CallMatched,
    CorrectionDone,
    CorrectionOrdered,
    CustomerRemoved,
    CustomerSaved,
    ErasureDone,
    HoldersAsked,
    HoldersTold,
    TenantSaved,
    enclose,
)
from libs.common.events.privacy import CHANGE_FIELD
from libs.common.mongo import Document
from services.matcher.store import Store
from services.matcher.store.erased import ErasedNumbers
from tests.matcher.given import NOON, NUMBER, OTHER, call, consent, draft, file, many, person
from tests.support.http import Harness
from tests.support.notes import notes_of
from tests.support.orders import deleted, erasure, park
from tests.support.units import MemoryMongo

THIRD = "+12025550199"
SAID = {"source": "our CRM", "lawful_basis": "contract"}
pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
async def agency(house: Harness[Store]) -> TenantSaved:
    return await house.open()


class Agency:
    """What the tests ask of one agency's part."""

    def __init__(self, house: Harness[Store], tenant: TenantSaved) -> None:
        self.house, self.tenant = house, tenant
        self.store = house.store(tenant)
        self.http = house.client(tenant)

    def code(self, number: str) -> str:
        return self.house.keys.code(self.tenant.tenant, number)

    async def add(self, name: str, *numbers: str) -> str:
        made = draft(name, *numbers, name=name)
        row = await self.store.customers.save(made, "api", "contract", NOON)
        return str(row["_id"])

    async def erase(self, number: str, *customers: str, **said: Any) -> ErasureDone:
        await self.house.take(erasure(self.code(number), *customers, **said), self.tenant)
        return self.house.units.of(ErasureDone)[-1]

    async def rows(self, name: str) -> list[Document]:
        return await self.house.mongo.scope(self.tenant.tenant).collection(name).list({})

    async def ids(self) -> set[str]:
        return {row["_id"] for row in await self.rows("customers")}

    async def upload(self, content: bytes, **said: str) -> dict[str, Any]:
        answer = await self.http.post(
            "/v1/imports",
            params={**SAID, **said},
            content=content,
            headers={"content-type": "text/csv"},
        )
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def errors(self, import_id: str) -> list[dict[str, Any]]:
        answer = await self.http.get(f"/v1/imports/{import_id}/errors")
        found: list[dict[str, Any]] = answer.json()["data"]
        return found


@pytest.fixture
def here(house: Harness[Store], agency: TenantSaved) -> Agency:
    return Agency(house, agency)


async def test_all_records_that_hold_the_number_go_and_the_rest_stays(here: Agency) -> None:
    gone = {await here.add("one", NUMBER, OTHER), await here.add("two", OTHER, NUMBER)}
    kept = {await here.add("three", OTHER), await here.add("four", THIRD)}
    untouched = await here.rows("customers")
    answer = await here.erase(NUMBER)
    assert await here.ids() == kept
    assert [r for r in untouched if r["_id"] in kept] == await here.rows("customers")
    assert (answer.store, answer.round, deleted(answer)) == ("matcher", 1, {"customers": 2})
    assert answer.others == ()  # OTHER is still a customer's
    removed = here.house.units.of(CustomerRemoved)
    assert {fact.customer_id for fact in removed} == gone


async def test_numbers_that_nobody_else_has_are_told(here: Agency) -> None:
    await here.add("one", NUMBER, OTHER, THIRD)
    await here.add("two", THIRD)
    answer = await here.erase(NUMBER)
    assert answer.others == (here.code(OTHER),)


async def test_a_record_that_is_not_named_stays_and_loses_the_number(here: Agency) -> None:
    named = await here.add("one", NUMBER, OTHER)
    shared = await here.add("two", NUMBER, THIRD)
    answer = await here.erase(NUMBER, named)
    (row,) = await here.rows("customers")
    assert (row["_id"], row["name"], row["version"]) == (shared, "two", 2)
    assert [(n["e164"], n["primary"]) for n in row["numbers"]] == [(THIRD, True)]
    assert row["subject"] == here.code(THIRD)
    assert here.code(NUMBER) not in row["codes"]
    assert here.code(THIRD) in row["codes"]
    assert NUMBER.removeprefix("+1") not in str(row)
    (told,) = here.house.units.of(CustomerSaved)
    assert (told.customer_id, told.subjects) == (shared, (here.code(THIRD),))
    assert deleted(answer) == {"customers": 2}


async def test_whose_records_have_a_number_is_told(here: Agency, house: Harness[Store]) -> None:
    """By the second of somebody's numbers, too; those of another agency are nobody's here."""
    having = {await here.add("one", NUMBER), await here.add("two", OTHER, NUMBER)}
    await here.add("three", OTHER)
    there = Agency(house, await house.open())
    await there.add("four", NUMBER)
    for number, expected in ((NUMBER, having), (THIRD, set[str]())):
        told = {"request_id": "req_1", "subject": here.code(number), "at": NOON}
        await house.take(HoldersAsked(**told), here.tenant)
        answer = house.units.of(HoldersTold)[-1]
        assert answer == HoldersTold(**told, store="matcher", customers=tuple(sorted(expected)))


async def test_a_second_round_finds_nothing_and_a_repeated_one_is_absorbed(here: Agency) -> None:
    await here.add("one", NUMBER)
    order = erasure(here.code(NUMBER))
    for _ in range(3):
        await here.house.take(order, here.tenant, "the-same")
    assert len(here.house.units.of(ErasureDone)) == 1
    again = await here.erase(NUMBER, round=2)
    assert (again.round, again.deleted) == (2, ())


async def test_what_says_that_nothing_is_restricted_goes(here: Agency) -> None:
    await here.house.take(consent(here.code(NUMBER)), here.tenant)
    await here.house.take(consent(here.code(OTHER)), here.tenant)
    assert deleted(await here.erase(NUMBER)) == {"restrictions": 1}
    assert [row["_id"] for row in await here.rows("restrictions")] == [here.code(OTHER)]
    assert (await here.erase(NUMBER, round=2)).deleted == ()


async def test_who_is_restricted_is_not_shown_after_an_erasure_either(here: Agency) -> None:
    code = here.code(NUMBER)
    await here.house.take(consent(code, restricted=True), here.tenant)
    assert (await here.erase(NUMBER)).deleted == ()
    back = {"numbers": [{"number": NUMBER}], "renewed_basis": "They came back."}
    assert (await here.http.post("/v1/customers", json=person(**back))).status_code == 201
    later = NOON + timedelta(days=2)
    ringing = call(subject=code, started_at=later, occurred_at=later)
    await here.house.take(ringing, here.tenant)
    (answer,) = here.house.units.of(CallMatched)
    assert (answer.outcome, answer.candidates) == ("unknown", ())


async def test_another_agencys_customer_with_the_number_stays(
    here: Agency, house: Harness[Store]
) -> None:
    there = Agency(house, await house.open())
    await here.add("one", NUMBER)
    await there.add("one", NUMBER)
    await here.erase(NUMBER)
    assert len(await there.ids()) == 1
    assert await there.rows("erased") == []


async def test_what_was_wrong_in_lines_of_the_person_goes(here: Agency) -> None:
    made = await here.upload(
        file(
            f"P-1,Amal,{NUMBER},x",  # a cell too many: the line as a whole is at fault
            f"P-2,Omar,{NUMBER} / 12",  # a good number and a bad one
            f"2.02555E+09,Nora,{NUMBER}",  # refused, with the number good
            f"P-4,Sami,{OTHER} / 12",
        )
    )
    assert len(await here.errors(made["id"])) == 4
    answer = await here.erase(NUMBER)
    assert [fault["line"] for fault in await here.errors(made["id"])] == [5]
    assert deleted(answer) == {"faults": 3}


async def test_parked_records_that_speak_of_the_person_go(here: Agency) -> None:
    def event(number: str, subject: str | None = None) -> Any:
        fact = call(number, subject=subject)
        return enclose(fact, here.tenant.tenant, id="e", source="ingest", time=NOON)

    by_code = await park(here.house, event("", here.code(NUMBER)), 1)
    by_number = await park(here.house, event("(202) 555-0143"), 2)
    other = await park(here.house, event(OTHER, here.code(OTHER)), 3)
    order = erasure(here.code(NUMBER))
    own = enclose(order, here.tenant.tenant, id="o", source="consent", time=NOON)
    ordered = await park(here.house, own, 4, "privacy.v1")
    answer = await here.erase(NUMBER)
    rows = await here.house.mongo.service_collection("parked").list({})
    assert {row["_id"] for row in rows} == {other, ordered}
    assert deleted(answer) == {"parked": len({by_code, by_number})}


async def test_a_parked_correction_goes_with_what_it_says(here: Agency) -> None:
    order = correction(here, "cus_1", {"name": "Noura"})
    event = enclose(order, here.tenant.tenant, id="c", source="consent", time=NOON)
    await park(here.house, event, 1, "privacy.v1")
    assert deleted(await here.erase(NUMBER)) == {"parked": 1}
    assert await here.house.mongo.service_collection("parked").list({}) == []


async def test_a_file_does_not_bring_the_person_back(here: Agency) -> None:
    await here.erase(NUMBER)
    made = await here.upload(
        file(
            f"P-1,Amal,{NUMBER}",
            f"P-2,Omar,{OTHER}",
            f"2.02555E+09,Nora,{NUMBER}",
            f"P-4,Sami,{THIRD},(202) 555-0143",
        )
    )
    assert (made["created"], made["rejected"]) == (1, 3)
    assert made["faults"]["suppressed"] == 2
    errors = {one["line"]: one for one in await here.errors(made["id"])}
    assert {(errors[n]["code"], errors[n]["value"], errors[n]["column"]) for n in (2, 4)} == {
        ("suppressed", "", None)
    }
    assert (errors[5]["code"], errors[5]["value"]) == ("columns", "")
    assert all(row["subjects"] == [] or row["line"] == 5 for row in await here.rows("faults"))
    assert "Amal" not in str(await here.rows("customers"))


async def test_a_new_basis_brings_them_back_and_goes_on_record(here: Agency) -> None:
    await here.erase(NUMBER)
    basis = "A new policy of 1 June, signed at our desk"
    made = await here.upload(file(f"P-1,Amal,{NUMBER}"), renewed_basis=basis)
    assert (made["created"], made["renewed_basis"]) == (1, basis)
    (row,) = await here.rows("customers")
    assert row["renewed_basis"] == basis
    notes = await here.house.mongo.service_collection("trail").list({})
    assert [(n["note"]["action"], n["note"]["reason"]) for n in notes] == [
        ("import.finished", "renewed_basis")
    ]
    assert notes[0]["note"]["facts"]["renewed"] == 1
    plain = await here.upload(file(f"P-1,Amal H.,{NUMBER}"))  # the nightly file goes on
    assert plain["updated"] == 1
    assert (await here.upload(file(f"P-9,Amal,{NUMBER}")))["rejected"] == 1


async def test_an_earlier_order_spares_who_came_back_and_a_later_one_does_not(
    here: Agency,
) -> None:
    await here.erase(NUMBER, at=NOON - timedelta(days=1))
    await here.upload(file(f"P-1,Amal,{NUMBER}"), renewed_basis="signed anew")
    answer = await here.erase(NUMBER, round=2, at=NOON - timedelta(hours=1))
    assert answer.deleted == ()
    assert len(await here.ids()) == 1
    await here.erase(NUMBER, at=NOON + timedelta(hours=1))
    assert await here.ids() == set()


@pytest.mark.parametrize("house", ["mongo"], indirect=True)
async def test_a_batch_that_stalls_over_an_erasure_brings_nobody_back(
    here: Agency, mongo_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, stalls = ErasedNumbers.among, iter([True])

    async def among(erased: ErasedNumbers, numbers: Iterable[str]) -> set[str]:
        found = await asked(erased, numbers)
        if next(stalls, False):
            for nth in (1, 2):
                await here.erase(NUMBER, round=nth)
            # mongod does so by itself with a transaction that is older than any between two rounds.
            server: Any = AsyncIOMotorClient(mongo_url)
            with closing(server):
                await server.admin.command("killAllSessions", [])
        return found

    monkeypatch.setattr(ErasedNumbers, "among", among)
    made = await here.upload(file(f"P-1,Amal,{NUMBER}", f"P-2,Omar,{OTHER}", "P-3,Sami,12"))
    assert [row["name"] for row in await here.rows("customers")] == ["Omar"]
    assert (made["created"], made["rejected"], made["faults"]["suppressed"]) == (1, 2, 1)


@pytest.mark.parametrize("house", ["memory"], indirect=True)
async def test_a_batch_that_begins_again_counts_once(here: Agency) -> None:
    assert isinstance(here.house.mongo, MemoryMongo)
    await here.erase(NUMBER)
    here.house.mongo.retries = 2
    lines = file(f"P-1,Amal,{NUMBER}", f"P-2,Omar,{OTHER}", "P-3,Sami,12")
    made = await here.upload(lines, renewed_basis="signed anew")
    assert (made["rows"], made["created"], made["rejected"]) == (3, 2, 1)
    assert len(await here.errors(made["id"])) == 1
    notes = await notes_of(here.house, here.tenant)
    (told,) = [note["facts"] for note in notes if note["action"] == "import.finished"]
    assert (told["rows"], told["renewed"]) == (3, 1)


@pytest.mark.parametrize("house", ["mongo"], indirect=True)
async def test_files_that_come_at_the_same_moment_are_all_taken(here: Agency) -> None:
    made = await asyncio.gather(*(here.upload(many(300)) for _ in range(4)))
    assert sum(one["created"] for one in made) == 300
    assert all(one["rows"] == one["created"] + one["unchanged"] for one in made)
    assert len(await here.ids()) == 300


@pytest.mark.parametrize("basis", ["", "  ", "ab"])
async def test_a_new_basis_says_something(here: Agency, basis: str) -> None:
    params = {**SAID, "renewed_basis": basis}
    headers = {"content-type": "text/csv"}
    answer = await here.http.post("/v1/imports", params=params, content=b"x", headers=headers)
    assert answer.status_code == 422


async def test_by_hand_it_is_a_409_unless_there_is_a_new_basis(here: Agency) -> None:
    await here.erase(NUMBER)
    refused = await here.http.post("/v1/customers", json=person())
    assert (refused.status_code, refused.json()["code"]) == (409, "erased")
    assert "555" not in refused.text
    made = await here.http.post("/v1/customers", json=person(renewed_basis="signed anew"))
    assert made.status_code == 201
    await _may_be_written_again(here.http, made.json()["id"])
    notes = await notes_of(here.house, here.tenant)
    assert [(n["action"], n.get("reason")) for n in notes] == [
        ("customer.saved", "renewed_basis"),
        ("customer.saved", None),
        ("customer.saved", None),
    ]


async def _may_be_written_again(http: httpx.AsyncClient, customer_id: str) -> None:
    path = f"/v1/customers/{customer_id}"
    assert (await http.put(path, json=person(status="lapsed"))).status_code == 200
    assert (await http.post("/v1/customers", json=person(status="active"))).status_code == 201


async def test_a_number_added_to_another_record_is_refused_too(here: Agency) -> None:
    other = await here.add("other", OTHER)
    await here.erase(NUMBER)
    answer = await here.http.put(f"/v1/customers/{other}", json=person())
    assert (answer.status_code, answer.json()["code"]) == (409, "erased")


def correction(here: Agency, customer: str, change: Any) -> CorrectionOrdered:
    sealed = here.house.keys.seal(here.tenant.tenant, CHANGE_FIELD, json.dumps(change).encode())
    return CorrectionOrdered(
        request_id="req_2",
        subject=here.code(NUMBER),
        at=NOON,
        customer_id=customer,
        sealed=b64encode(sealed).decode(),
    )


async def test_a_correction_changes_what_it_names_and_nothing_else(here: Agency) -> None:
    customer = await here.add("one", NUMBER, OTHER)
    (before,) = await here.rows("customers")
    change = {"name": "Amal  Hadad", "email": "AMAL@example.org", "status": None}
    await here.house.take(correction(here, customer, change), here.tenant)
    (after,) = await here.rows("customers")
    assert (after["name"], after["email"], after["status"]) == (
        "Amal Hadad",
        "amal@example.org",
        None,
    )
    same = ("_id", "external_id", "numbers", "codes", "subject", "renewal_on", "lawful_basis")
    assert [after[name] for name in same] == [before[name] for name in same]
    (told,) = here.house.units.of(CustomerSaved)
    assert (told.customer_id, told.version) == (customer, 2)
    (answer,) = here.house.units.of(CorrectionDone)
    assert (answer.found, answer.customer_id, answer.store) == (True, customer, "matcher")


async def test_a_correction_of_numbers_is_found_by_the_new_ones(here: Agency) -> None:
    customer = await here.add("one", NUMBER)
    change = {"numbers": [{"number": "(202) 555-0177", "label": "mobile"}]}
    await here.house.take(correction(here, customer, change), here.tenant)
    assert await here.store.customers.known(NUMBER, "US") == []
    (known,) = await here.store.customers.known(OTHER, "US")
    assert known.customer_id == customer


async def test_a_correction_of_nobody_is_answered(here: Agency) -> None:
    await here.house.take(correction(here, "cus_unknown", {"name": "X"}), here.tenant)
    (answer,) = here.house.units.of(CorrectionDone)
    assert not answer.found


async def test_a_correction_of_somebody_elses_record_changes_nothing(here: Agency) -> None:
    """Else who has a number of their own could write themselves into any record."""
    victim = await here.add("one", OTHER)
    before = await here.rows("customers")
    change = {"numbers": [{"number": NUMBER, "label": "mobile"}]}
    await here.house.take(correction(here, victim, change), here.tenant)
    assert await here.rows("customers") == before
    assert here.house.units.of(CustomerSaved) == []
    (answer,) = here.house.units.of(CorrectionDone)
    assert not answer.found


async def test_a_correction_does_not_bring_an_erased_number_back(here: Agency) -> None:
    customer = await here.add("one", NUMBER)
    await here.erase(OTHER)
    before = await here.rows("customers")
    change = {"numbers": [{"number": NUMBER}, {"number": OTHER, "label": "mobile"}]}
    await here.house.take(correction(here, customer, change), here.tenant)
    assert await here.rows("customers") == before
    assert here.house.units.of(CustomerSaved) == []
    (answer,) = here.house.units.of(CorrectionDone)
    assert (answer.found, answer.reason) == (False, "number_erased")


async def test_a_correction_leaves_who_came_back_on_a_new_basis(here: Agency) -> None:
    await here.erase(NUMBER)
    told = person(renewed_basis="signed anew")
    customer = (await here.http.post("/v1/customers", json=told)).json()["id"]
    change = {"name": "Noura", "numbers": [{"number": NUMBER, "label": "home"}]}
    await here.house.take(correction(here, customer, change), here.tenant)
    (row,) = await here.rows("customers")
    assert (row["name"], row["numbers"][0]["label"]) == ("Noura", "home")
    assert here.house.units.of(CorrectionDone)[-1].found


@pytest.mark.parametrize(
    "change",
    [
        {"email": "nobody"},
        {"numbers": [{"number": "12"}]},
        {"numbers": ["12"]},
        {"renewal_on": "soon"},
        {"policy": "P-7"},
        {"name": {"first": "Noura"}},
        {"external_id": None, "name": None},  # nothing is left to tell the customer by
        ["name"],
    ],
)
async def test_a_correction_that_makes_no_customer_is_refused_and_changes_nothing(
    here: Agency, change: Any
) -> None:
    customer = await here.add("one", NUMBER)
    before = await here.rows("customers")
    await here.house.take(correction(here, customer, change), here.tenant)
    assert await here.rows("customers") == before
    assert here.house.units.of(CustomerSaved) == []
    (answer,) = here.house.units.of(CorrectionDone)
    assert (answer.found, answer.reason) == (False, "unusable_values")
