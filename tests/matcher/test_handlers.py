"""Events in: a call that rings."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libs.common.events import CallMatched, TenantSaved
from libs.common.phone import caller
from services.matcher.store import Store
from tests.matcher.given import NOON, OTHER, call, draft
from tests.support.http import Harness

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def store(matcher: Harness[Store], agency: TenantSaved) -> Store:
    return matcher.store(agency)


async def last_contact(store: Store, customer_id: str) -> Any:
    row = await store.customers.get(customer_id)
    assert row is not None
    return row["last_contact"]


async def test_a_known_customer_is_matched(
    matcher: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    row = await store.customers.save(draft(), "api", "contract", NOON)
    await matcher.take(call(subject="code"), agency)
    (answer,) = matcher.units.of(CallMatched)
    assert (answer.session_id, answer.subject) == ("s-1", "code")
    assert (answer.outcome, answer.shared_by) == ("matched", 1)
    assert answer.best is not None
    assert (answer.best.customer_id, answer.best.name) == (row["_id"], "Amal Haddad")
    assert answer.best.renewal_on == draft().renewal_on
    assert [reason.code for reason in answer.best.reasons] == [
        "exact",
        "primary",
        "active",
        "renewal_near",
    ]
    assert await last_contact(store, row["_id"]) == NOON


async def test_the_same_event_again_changes_nothing(
    matcher: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    await store.customers.save(draft(), "api", "contract", NOON)
    for _ in range(5):
        await matcher.take(call(), agency, "e-1")
    assert len(matcher.units.of(CallMatched)) == 1


async def test_an_older_call_that_comes_late_does_not_set_the_contact_back(
    matcher: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    row = await store.customers.save(draft(), "api", "contract", NOON)
    await matcher.take(call(session="s-2"), agency)
    await matcher.take(call(started_at=NOON - timedelta(hours=1)), agency)
    assert await last_contact(store, row["_id"]) == NOON


async def test_people_who_share_a_number_are_for_the_agent_to_choose(
    matcher: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    rows = [
        await store.customers.save(draft(name, name=name), "api", "contract", NOON)
        for name in ("Amal", "Omar")
    ]
    await matcher.take(call(), agency)
    (answer,) = matcher.units.of(CallMatched)
    assert (answer.outcome, answer.shared_by) == ("ambiguous", 2)
    assert {candidate.name for candidate in answer.candidates} == {"Amal", "Omar"}
    assert [await last_contact(store, row["_id"]) for row in rows] == [None, None]


@pytest.mark.parametrize(
    ("party", "kind", "outcome"),
    [
        (OTHER, "number", "unknown"),
        (None, "withheld", "withheld"),
        (None, "short_code", "not_a_person"),
        ("12345", "short_code", "not_a_person"),
        (None, "text", "not_a_person"),
        ("+18005550199", "number", "not_a_person"),
    ],
)
async def test_nobody_on_file(
    matcher: Harness[Store], agency: TenantSaved, party: str | None, kind: str, outcome: str
) -> None:
    await matcher.store(agency).customers.save(draft(), "api", "contract", NOON)
    await matcher.take(call(party, party_kind=kind), agency)
    (answer,) = matcher.units.of(CallMatched)
    assert (answer.outcome, answer.candidates, answer.shared_by) == (outcome, (), 0)


async def test_a_call_that_goes_out_is_not_matched(
    matcher: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    row = await store.customers.save(draft(), "api", "contract", NOON)
    await matcher.take(call(direction="outgoing"), agency)
    assert matcher.units.emitted == []
    assert await last_contact(store, row["_id"]) is None


@pytest.mark.parametrize("attestation", ["C", "c", "failed"])
async def test_a_number_that_is_not_proven_shows_nothing_of_the_contract(
    matcher: Harness[Store], agency: TenantSaved, store: Store, attestation: str
) -> None:
    await store.customers.save(draft(), "api", "contract", NOON)
    await matcher.take(call(attestation=attestation), agency)
    (answer,) = matcher.units.of(CallMatched)
    assert answer.best is not None
    best = answer.best
    assert (best.status, best.renewal_on, best.customer_since) == (None, None, None)
    assert best.confidence <= 0.5
    assert {reason.code for reason in best.reasons} == {"exact", "not_proven", "primary"}
    told = matcher.units.envelopes[0].to_json().decode()
    assert "2026-06-01" not in told
    assert "2019" not in told


@pytest.mark.parametrize("attestation", ["A", "B", None])
async def test_what_the_network_does_not_deny_is_shown(
    matcher: Harness[Store], agency: TenantSaved, store: Store, attestation: str | None
) -> None:
    await store.customers.save(draft(), "api", "contract", NOON)
    await matcher.take(call(attestation=attestation), agency)
    (answer,) = matcher.units.of(CallMatched)
    assert answer.best is not None
    assert answer.best.status == "active"


async def test_each_agency_has_its_own_customer_with_the_number(matcher: Harness[Store]) -> None:
    agencies = [await matcher.open(), await matcher.open()]
    for agency, name in zip(agencies, ("Here", "There"), strict=True):
        store = matcher.store(agency)
        await store.customers.save(draft(name=name), "api", "contract", NOON)
    for agency in agencies:
        await matcher.take(call(), agency, "the-same-event-id")
    told = [(e.tenantid, e.data["candidates"][0]["name"]) for e in matcher.units.envelopes]  # type: ignore[index,call-overload]
    assert told == [(agencies[0].tenant, "Here"), (agencies[1].tenant, "There")]


async def test_the_day_is_the_agencys(matcher: Harness[Store]) -> None:
    there = await matcher.open(region="US", timezone="Pacific/Auckland")
    tomorrow = (NOON + timedelta(days=1)).date()
    store = matcher.store(there)
    await store.customers.save(draft(renewal_on=tomorrow), "api", "contract", NOON)
    await matcher.take(call(), there)
    (answer,) = matcher.units.of(CallMatched)
    assert answer.best is not None
    assert "The policy renews today." in [reason.sentence for reason in answer.best.reasons]


async def test_a_transaction_that_is_tried_again_answers_once(
    matcher: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    await store.customers.save(draft(), "api", "contract", NOON)
    matcher.mongo.retries = 2  # type: ignore[attr-defined]
    await matcher.take(call(), agency)
    assert len(matcher.units.of(CallMatched)) == 1


@given(shown=st.from_regex(r"\+?[0-9]{1,16}|[ +0-9()a-f-]{1,20}", fullmatch=True))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
async def test_whatever_a_carrier_shows_gets_one_answer(
    matcher: Harness[Store], agency: TenantSaved, shown: str
) -> None:
    before = len(matcher.units.envelopes)
    party = caller(shown, agency.region)
    await matcher.take(call(party.e164, party_kind=party.kind), agency)
    assert len(matcher.units.envelopes) == before + 1
    assert matcher.units.of(CallMatched)[-1].candidates == ()
