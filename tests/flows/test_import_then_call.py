"""A file comes in through the matcher's door, and the next call knows it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from libs.common.events import CallMatched, ImportFinished
from services.matcher.app import build
from services.matcher.settings import Settings
from services.matcher.store import Store
from tests.flows.given import CUSTOMER, HERE, THERE, Declared, call
from tests.flows.world import World
from tests.support.http import Harness, harness

ATTESTED = {"source": "our own records", "lawful_basis": "contract"}


@pytest.fixture
async def house(services: Declared) -> AsyncIterator[Harness[Store]]:
    """A matcher with an HTTP door, over the same keys as the other services."""
    made = await harness(build, Settings, services.matcher.settings.keys_file.parent)
    yield made
    await made.close()


@pytest.fixture
async def world(services: Declared, house: Harness[Store]) -> World:
    made = World(services, house=house)
    await made.bus.run()
    return made


@pytest.fixture
def admin(house: Harness[Store]) -> httpx.AsyncClient:
    return house.client(HERE)


async def imported(client: httpx.AsyncClient, renewal: str) -> None:
    """A file of two people: CUSTOMER's number in the spelling of its country, and a neighbour."""
    rows = (
        "Client No.,Client Name,Phone,Policy Status,Renewal Date",
        f"C-1,Ann Oneside,{CUSTOMER[:3]} 20 7946 0018,Active,{renewal}",
        "C-2,Ben Oneside,(202) 555-0143,Active,2026-12-24",
    )
    headers = {"Content-Type": "text/csv"}
    body = "\n".join(rows).encode()
    answer = await client.post("/v1/imports", params=ATTESTED, content=body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()["rejected"] == 0


def renewal(world: World, session: str) -> list[str]:
    lines = world.screen(HERE).card(session).lines
    return [line.sentence for line in lines if line.code == "renewal"]


async def test_a_call_is_matched_to_the_person_in_the_file(
    world: World, admin: httpx.AsyncClient
) -> None:
    await imported(admin, "2026-05-29")
    await world.play(call())
    (match,) = world.bus.facts(CallMatched, HERE.tenant)
    assert match.best is not None
    assert (match.outcome, match.best.name) == ("matched", "Ann Oneside")
    assert renewal(world, "s-1") == ["Renewal in 10 days."]
    listed = (await admin.get("/v1/customers")).json()["data"]
    assert {one["name"]: one["last_contact"] is not None for one in listed} == {
        "Ann Oneside": True,
        "Ben Oneside": False,
    }


async def test_the_screen_is_told_of_the_import_and_of_no_row(
    world: World, admin: httpx.AsyncClient
) -> None:
    await imported(admin, "2026-05-29")
    await world.bus.run()
    (told,) = world.screen(HERE)
    assert (told.type, told.call) == (ImportFinished.TYPE, None)
    assert (told.data["created"], told.data["rejected"]) == (2, 0)
    assert "Oneside" not in str(told)
    assert world.screen(THERE) == []


async def test_a_new_renewal_date_is_on_the_next_card(
    world: World, admin: httpx.AsyncClient
) -> None:
    await imported(admin, "2026-05-29")
    await world.play(call())
    await imported(admin, "2026-06-18")
    await world.play(call("s-2", minutes=30))
    assert renewal(world, "s-1") == ["Renewal in 10 days."]
    assert renewal(world, "s-2") == ["Renewal in 30 days."]
    first, second = (match.best for match in world.bus.facts(CallMatched, HERE.tenant))
    assert first is not None
    assert second is not None
    assert first.customer_id == second.customer_id


async def test_a_person_who_was_removed_is_matched_no_more(
    world: World, admin: httpx.AsyncClient
) -> None:
    await imported(admin, "2026-05-29")
    await world.play(call())
    (match,) = world.bus.facts(CallMatched, HERE.tenant)
    assert match.best is not None
    gone = await admin.delete(f"/v1/customers/{match.best.customer_id}")
    assert gone.status_code == 204
    await world.play(call("s-2", minutes=30))
    outcomes = {m.session_id: m.outcome for m in world.bus.facts(CallMatched, HERE.tenant)}
    assert outcomes == {"s-1": "matched", "s-2": "unknown"}
    assert world.screen(HERE).card("s-2").lines[0].sentence == "No customer with this number."
    await world.bus.replay()
    assert (await admin.get(f"/v1/customers/{match.best.customer_id}")).status_code == 404


async def test_the_file_of_one_agency_matches_no_call_of_the_other(
    world: World, admin: httpx.AsyncClient, house: Harness[Store]
) -> None:
    await imported(admin, "2026-05-29")
    await world.play(call("s-1", THERE))
    assert [match.outcome for match in world.bus.facts(CallMatched, THERE.tenant)] == ["unknown"]
    assert (await house.client(THERE).get("/v1/customers")).json()["data"] == []
