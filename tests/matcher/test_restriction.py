"""People whose data may be stored and not used: over documents in memory and the real server."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from libs.common.events import CallMatched, ConsentChanged, Event, MessageMatched, TenantSaved
from libs.common.mongo import Document
from services.matcher.store import Store
from tests.matcher.given import NOON, NUMBER, OTHER, call, consent, draft, text
from tests.support.http import Harness

ABROAD, AT_HOME = "+5491123456789", "+541123456789"
"""One Argentine number in two spellings, which have codes of their own."""
OURS, THEIRS = "+19165550143", "+79165550143"
"""Two numbers that differ in the country's code alone."""

NAMELESS = [("unknown", (), 0)]
pytestmark = pytest.mark.usefixtures("noon")


class Agency:
    """What the tests ask of one agency's part."""

    def __init__(self, house: Harness[Store], tenant: TenantSaved) -> None:
        self.house, self.tenant = house, tenant
        self.store = house.store(tenant)

    def code(self, number: str = NUMBER) -> str:
        return self.house.keys.code(self.tenant.tenant, number)

    async def add(self, name: str, *numbers: str) -> str:
        made = draft(name, *numbers, name=name)
        row = await self.store.customers.save(made, "api", "contract", NOON)
        return str(row["_id"])

    async def take(self, *facts: Event) -> None:
        for fact in facts:
            await self.house.take(fact, self.tenant)

    async def ring(self, number: str = NUMBER) -> None:
        await self.take(call(number, subject=self.code(number)))

    def restricted(self, version: int = 1, number: str = NUMBER) -> ConsentChanged:
        return consent(self.code(number), version, restricted=True)

    def freed(self, version: int = 2, number: str = NUMBER) -> ConsentChanged:
        return consent(self.code(number), version)

    def answers(self) -> list[tuple[str, tuple[object, ...], int]]:
        """Outcome, names and how many share the number, of each answer."""
        return [
            (one.outcome, tuple(who.name for who in one.candidates), one.shared_by)
            for one in self.house.units.emitted
            if isinstance(one, CallMatched | MessageMatched)
        ]

    async def rows(self) -> list[Document]:
        return await self.house.mongo.scope(self.tenant.tenant).collection("restrictions").list({})


@pytest.fixture
async def here(house: Harness[Store]) -> Agency:
    return Agency(house, await house.open())


async def test_of_who_is_restricted_nobody_is_named_when_they_call_or_write(here: Agency) -> None:
    customer = await here.add("Amal")
    await here.take(here.restricted())
    await here.ring()
    await here.take(text(subject=here.code()))
    assert here.answers() == NAMELESS * 2
    units = here.house.units
    (rung,), (written,) = units.of(CallMatched), units.of(MessageMatched)
    assert (rung.session_id, rung.subject) == ("s-1", here.code())
    assert (written.message_id, written.subject) == ("m-1", here.code())
    assert "Amal" not in str([envelope.to_json() for envelope in units.envelopes])
    row = await here.store.customers.get(customer)
    assert row is not None
    assert row["last_contact"] is None


@pytest.mark.parametrize(
    ("order", "shown"),
    [
        ("restricted ring", [()]),
        ("ring restricted", [("Amal",)]),
        ("ring restricted ring", [("Amal",), ()]),
        ("restricted freed ring", [("Amal",)]),
        ("freed restricted ring", [("Amal",)]),  # an older word that comes late
        ("restricted ring freed ring", [(), ("Amal",)]),
        ("freed restricted again restricted freed ring", [()]),
    ],
)
async def test_it_holds_from_the_restriction_to_its_end(
    here: Agency, order: str, shown: Sequence[tuple[str, ...]]
) -> None:
    await here.add("Amal")
    words = {"restricted": here.restricted(1), "freed": here.freed(2), "again": here.restricted(3)}
    for name in order.split():
        await (here.ring() if name == "ring" else here.take(words[name]))
    assert [names for _, names, _ in here.answers()] == shown


@pytest.mark.parametrize("order", [*permutations(range(3))])
async def test_the_latest_word_counts_in_whatever_order_they_come(
    here: Agency, order: tuple[int, ...]
) -> None:
    words = (here.restricted(1), here.freed(2), here.restricted(3))
    await here.take(*(words[place] for place in order))
    (row,) = await here.rows()
    at = NOON + timedelta(seconds=3)
    assert row == {"_id": here.code(), "version": 3, "restricted": True, "at": at}


async def test_who_has_the_number_too_is_not_named_and_who_has_another_is(here: Agency) -> None:
    for name, number in (("Amal", NUMBER), ("Omar", NUMBER), ("Nora", OTHER)):
        await here.add(name, number)
    await here.take(here.restricted())
    await here.ring()
    await here.ring(OTHER)
    assert here.answers() == [*NAMELESS, ("matched", ("Nora",), 1)]


async def test_it_is_of_the_number_and_not_of_others_that_the_customer_has(here: Agency) -> None:
    await here.add("Amal", NUMBER, OTHER)
    await here.take(here.restricted(number=OTHER))
    await here.ring()
    await here.ring(OTHER)
    assert here.answers() == [("matched", ("Amal",), 1), *NAMELESS]


@pytest.mark.parametrize("filed", [ABROAD, AT_HOME])
@pytest.mark.parametrize("barred", [ABROAD, AT_HOME])
@pytest.mark.parametrize("shown", [ABROAD, AT_HOME])
async def test_another_spelling_of_the_number_names_nobody_either(
    here: Agency, filed: str, barred: str, shown: str
) -> None:
    await here.add("Amal", filed)
    await here.ring(shown)
    await here.take(here.restricted(number=barred))
    await here.ring(shown)
    assert [names for _, names, _ in here.answers()] == [("Amal",), ()]


async def test_whose_number_it_may_be_is_not_named_either(here: Agency) -> None:
    await here.add("Amal", OURS)
    await here.add("Omar", THEIRS)
    await here.ring(THEIRS)
    await here.take(here.restricted(number=OURS))
    await here.ring(THEIRS)
    assert [names for _, names, _ in here.answers()] == [("Omar", "Amal"), ("Omar",)]


async def test_who_objects_stops_or_withdraws_is_matched_all_the_same(here: Agency) -> None:
    await here.add("Amal")
    await here.take(consent(here.code(), objected=True, suppressed=True, suspected=True))
    await here.ring()
    assert here.answers() == [("matched", ("Amal",), 1)]


async def test_it_is_one_agencys(house: Harness[Store], here: Agency) -> None:
    there = Agency(house, await house.open())
    await there.add("Amal")
    await here.take(here.restricted())
    await here.take(consent(there.code(), restricted=True))
    await there.ring()
    assert there.answers() == [("matched", ("Amal",), 1)]
    assert await there.rows() == []


async def test_a_number_of_a_service_stays_one(here: Agency) -> None:
    await here.add("Amal", "+18005550199")
    await here.take(here.restricted(number="+18005550199"))
    await here.ring("+18005550199")
    assert here.answers() == [("not_a_person", (), 0)]


async def test_set_back_to_the_beginning_nothing_is_said_again(here: Agency) -> None:
    await here.add("Amal")
    facts = [here.restricted(), call(subject=here.code()), here.freed(), text(subject=here.code())]
    for _ in range(2):
        for place, fact in enumerate(facts):
            await here.house.take(fact, here.tenant, f"e-{place}")
    assert here.answers() == [*NAMELESS, ("matched", ("Amal",), 1)]


DECIDER, AGENT = ["customers:read", "privacy:decide"], ["customers:read"]


async def read(here: Agency, scopes: list[str], customer: str) -> list[dict[str, Any]]:
    """The record by itself and out of the list, as these scopes are answered it."""
    client = here.house.client(here.tenant, scopes=scopes)
    alone = (await client.get(f"/v1/customers/{customer}")).json()
    page = (await client.get("/v1/customers")).json()["data"]
    return [alone, next(one for one in page if one["id"] == customer)]


async def test_who_is_restricted_is_read_by_those_who_decide_and_by_nobody_else(
    here: Agency,
) -> None:
    first, other = await here.add("Amal", NUMBER), await here.add("Zoe", OTHER)
    before = await read(here, AGENT, first)
    assert [(one["name"], one["restricted"]) for one in before] == [("Amal", False)] * 2
    await here.take(here.restricted())
    told = await read(here, DECIDER, first)
    assert told == [{**one, "restricted": True} for one in before]
    for one in await read(here, AGENT, first):
        kept = {"id", "restricted", "lawful_basis", "origin", "version", "updated_at", "numbers"}
        assert (one["restricted"], one["numbers"]) == (True, [])
        assert {name for name, value in one.items() if value is not None} == kept
    assert [one["name"] for one in await read(here, AGENT, other)] == ["Zoe"] * 2
    await here.take(here.freed())
    assert await read(here, AGENT, first) == before


async def test_a_record_is_restricted_by_any_of_its_numbers_in_all_spellings(here: Agency) -> None:
    several = await here.add("Amal", NUMBER, ABROAD)
    await here.take(here.restricted(number=AT_HOME))
    assert [one["name"] for one in await read(here, AGENT, several)] == [None] * 2
    there = Agency(here.house, await here.house.open())
    kept = await there.add("Amal", NUMBER, ABROAD)
    assert [one["name"] for one in await read(there, AGENT, kept)] == ["Amal"] * 2
