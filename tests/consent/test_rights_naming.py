"""Several customers have the number of a request: nothing is done before one of them is named."""

import pytest

from libs.common.events import ConsentChanged, ExportOrdered, HoldersAsked, HoldersTold
from tests.consent.given import DAN
from tests.consent.rights import ATTEST, STORES, Desk

BOTH = ("c-1", "c-2")


@pytest.mark.parametrize("kind", ["erasure", "access"])
async def test_of_several_nothing_is_ordered_until_one_is_named(desk: Desk, kind: str) -> None:
    desk.holders = BOTH
    waiting = await desk.attested(kind)
    assert (waiting["status"], waiting["holders"]) == ("in_progress", list(BOTH))
    assert (waiting["awaiting"], waiting["erasure"], waiting["customers"]) == ([], None, None)
    orders = desk.house.units.of(ExportOrdered) if kind == "access" else desk.orders()
    assert orders == []
    named = await desk.ask(waiting, "name", customers=["c-2", "c-2"])
    assert named.status_code == 200, named.text
    assert (named.json()["holders"], named.json()["customers"]) == ([], ["c-2"])
    (order,) = desk.house.units.of(ExportOrdered) if kind == "access" else desk.orders()
    assert order.customers == ("c-2",)
    unnamed, said, ordered = (await desk.notes())[-3:]
    assert (unnamed["action"], unnamed["facts"]) == (
        "privacy.unnamed",
        {"kind": kind, "records": 2},
    )
    assert (said["action"], said["actor"]) == ("privacy.named", "user:usr_7")
    assert ordered["action"] == {"access": "export.ordered", "erasure": "erasure.ordered"}[kind]


async def test_who_waits_to_be_erased_is_left_alone(desk: Desk) -> None:
    grant = {"number": DAN, "purpose": "marketing", "action": "grant", "means": "web"}
    await desk.http.post("/v1/consents", json=grant)
    desk.move(60)
    desk.holders = BOTH
    await desk.attested("access")
    assert not desk.house.units.of(ConsentChanged)[-1].suppressed
    await desk.attested()
    assert desk.house.units.of(ConsentChanged)[-1].suppressed


@pytest.mark.parametrize("holders", [(), ("c-1",)])
async def test_where_nobody_else_has_the_number_all_is_ordered(
    desk: Desk, holders: tuple[str, ...]
) -> None:
    desk.holders = holders
    request = await desk.attested()
    assert (request["awaiting"], request["holders"]) == (list(STORES), [])
    (order,) = desk.orders()
    assert order.customers is None
    assert (await desk.notes())[-1]["actor"] == "user:usr_7"


async def test_who_is_named_from_the_first_is_not_asked_for(desk: Desk) -> None:
    desk.holders = BOTH
    await desk.attested(customers=["c-1"])
    assert desk.house.units.of(HoldersAsked) == []
    assert [order.customers for order in desk.orders()] == [("c-1",)]


async def test_only_who_has_the_number_can_be_named_and_only_when_asked_for(desk: Desk) -> None:
    desk.holders = BOTH
    request = await desk.opened()
    early = await desk.ask(request, "name", customers=["c-1"])
    assert (early.status_code, early.json()["code"]) == (409, "no_name_wanted")
    await desk.ask(request, "attest", **ATTEST)
    other = await desk.ask(request, "name", customers=["c-1", "c-3"])
    assert (other.status_code, other.json()["code"]) == (422, "no_holder")
    assert (await desk.shown(request))["holders"] == list(BOTH)
    assert (await desk.ask(request, "name", customers=["c-1"])).status_code == 200
    again = await desk.ask(request, "name", customers=["c-2"])
    assert (again.status_code, again.json()["code"]) == (409, "no_name_wanted")
    assert [order.customers for order in desk.orders()] == [("c-1",)]


async def test_with_matcher_away_it_waits_and_an_answer_counts_once(desk: Desk) -> None:
    desk.holders = None
    request = await desk.attested()
    assert (request["status"], request["awaiting"]) == ("in_progress", ["matcher"])
    assert desk.orders() == []
    desk.holders = ()
    await desk.tell_holders()
    (asked,) = desk.house.units.of(HoldersAsked)
    late = HoldersTold(
        request_id=asked.request_id,
        subject=asked.subject,
        at=desk.now,
        store="matcher",
        customers=BOTH,
    )
    await desk.house.take(late, desk.agency)
    assert len(desk.orders()) == 1
    assert (await desk.shown(request))["holders"] == []


async def test_what_is_refused_meanwhile_is_not_begun(desk: Desk) -> None:
    desk.holders = None
    request = await desk.attested()
    told = {"ground": "unfounded", "sentence": "We keep nothing that is yours."}
    assert (await desk.ask(request, "refuse", **told)).status_code == 200
    desk.holders = ()
    await desk.tell_holders()
    assert desk.orders() == []
    assert (await desk.shown(request))["status"] == "refused"


async def test_once_the_person_is_erased_what_waited_for_a_name_goes_on(desk: Desk) -> None:
    desk.holders = BOTH
    waiting = [await desk.attested(kind) for kind in ("erasure", "access")]
    desk.holders = ()
    await desk.erased(customers=["c-1"])
    await desk.tell_holders()
    erasure, access = [await desk.shown(one) for one in waiting]
    assert (erasure["holders"], erasure["awaiting"]) == ([], list(STORES))
    assert erasure["erasure"]
    assert (access["holders"], len(access["awaiting"])) == ([], 5)
