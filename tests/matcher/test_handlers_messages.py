"""Events in: a text that somebody writes."""

from datetime import timedelta
from typing import Any

import pytest

from libs.common.events import CallMatched, MessageMatched, TenantSaved
from services.matcher.store import Store
from tests.matcher.given import NOON, OTHER, call, draft, text
from tests.support.http import Harness

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def store(matcher: Harness[Store], agency: TenantSaved) -> Store:
    return matcher.store(agency)


async def last_contact(store: Store, customer_id: str) -> Any:
    row = await store.customers.get(customer_id)
    assert row is not None
    return row["last_contact"]


async def test_a_customer_who_writes_is_matched(
    matcher: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    row = await store.customers.save(draft(), "api", "contract", NOON)
    await matcher.take(text(), agency, "e-1")
    (answer,) = matcher.units.of(MessageMatched)
    assert (answer.message_id, answer.subject) == ("m-1", "code")
    assert (answer.outcome, answer.shared_by) == ("matched", 1)
    assert answer.best is not None
    assert (answer.best.customer_id, answer.best.name) == (row["_id"], "Amal Haddad")
    assert await last_contact(store, row["_id"]) == NOON
    (envelope,) = matcher.units.envelopes
    assert envelope.key == f"{agency.tenant}:code".encode()
    assert envelope.causationid == "e-1"


async def test_who_writes_is_ranked_as_who_calls_without_an_attestation(
    matcher: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    await store.customers.save(draft(), "api", "contract", NOON - timedelta(days=1))
    await matcher.take(text(), agency)
    await matcher.take(call(attestation=None), agency)
    (written,), (rung,) = matcher.units.of(MessageMatched), matcher.units.of(CallMatched)
    assert written.candidates == rung.candidates
    assert written.best is not None
    assert (written.best.status, written.best.renewal_on) == ("active", draft().renewal_on)


async def test_the_same_event_again_changes_nothing(
    matcher: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    await store.customers.save(draft(), "api", "contract", NOON)
    for _ in range(5):
        await matcher.take(text(), agency, "e-1")
    assert len(matcher.units.of(MessageMatched)) == 1


async def test_an_older_text_that_comes_late_does_not_set_the_contact_back(
    matcher: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    row = await store.customers.save(draft(), "api", "contract", NOON)
    await matcher.take(call(), agency)
    await matcher.take(text(occurred_at=NOON - timedelta(hours=1)), agency)
    assert await last_contact(store, row["_id"]) == NOON
    await matcher.take(text(message="m-2", occurred_at=NOON + timedelta(hours=1)), agency)
    assert await last_contact(store, row["_id"]) == NOON + timedelta(hours=1)


async def test_people_who_share_a_number_are_for_the_agent_to_choose(
    matcher: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    rows = [
        await store.customers.save(draft(name, name=name), "api", "contract", NOON)
        for name in ("Amal", "Omar")
    ]
    await matcher.take(text(), agency)
    (answer,) = matcher.units.of(MessageMatched)
    assert (answer.outcome, answer.shared_by) == ("ambiguous", 2)
    assert [await last_contact(store, row["_id"]) for row in rows] == [None, None]


@pytest.mark.parametrize(
    ("party", "outcome"), [(OTHER, "unknown"), ("+18005550199", "not_a_person")]
)
async def test_nobody_on_file(
    matcher: Harness[Store], agency: TenantSaved, store: Store, party: str, outcome: str
) -> None:
    await store.customers.save(draft(), "api", "contract", NOON)
    await matcher.take(text(party), agency)
    (answer,) = matcher.units.of(MessageMatched)
    assert (answer.outcome, answer.candidates, answer.shared_by) == (outcome, (), 0)


@pytest.mark.parametrize("kind", ["withheld", "short_code", "text"])
async def test_who_has_no_number_is_not_looked_up(
    matcher: Harness[Store], agency: TenantSaved, store: Store, kind: str
) -> None:
    await store.customers.save(draft(), "api", "contract", NOON)
    await matcher.take(text(None, party_kind=kind), agency)
    assert matcher.units.envelopes == []


async def test_each_agency_has_its_own_customer_with_the_number(matcher: Harness[Store]) -> None:
    agencies = [await matcher.open(), await matcher.open()]
    for agency, name in zip(agencies, ("Here", "There"), strict=True):
        await matcher.store(agency).customers.save(draft(name=name), "api", "contract", NOON)
    for agency in agencies:
        await matcher.take(text(), agency, "the-same-event-id")
    names = [answer.best.name for answer in matcher.units.of(MessageMatched) if answer.best]
    assert names == ["Here", "There"]
    assert [each.tenantid for each in matcher.units.envelopes] == [a.tenant for a in agencies]
