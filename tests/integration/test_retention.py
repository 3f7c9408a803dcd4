"""What was written goes when its time is over: the whole stack, time moved by the tests."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from deploy.local.agency import Person
from tests.support.office import Office
from tests.support.platform import SA, US, until

pytestmark = pytest.mark.timeout(300)

DAN, NOURA = "+12125550141", "+966501230041"
PATH = "/v1/privacy/retention/messages"


async def texts(person: Person, number: str) -> list[dict[str, Any]]:
    """What was written with somebody."""
    found = await person.http.post("/v1/conversations:find", json={"number": number})
    if found.status_code == 404:
        return []
    answer = await person.http.get(f"/v1/conversations/{found.json()['subject']}")
    told: list[dict[str, Any]] = answer.json()["messages"] if answer.is_success else []
    return told


async def has(person: Person, number: str, count: int) -> None:
    """Waits until so many texts are there."""

    async def there() -> bool:
        return len(await texts(person, number)) == count

    await until(there, 30)


async def noted(person: Person, action: str, count: int = 1) -> list[dict[str, Any]]:
    """The facts of the entries of the audit, the latest first, once there are so many."""

    async def entries() -> list[dict[str, Any]] | None:
        answer = await person.http.get("/v1/audit", params={"action": action, "limit": 100})
        assert answer.is_success, answer.text
        found = [one["facts"] for one in answer.json()["data"]]
        return found if len(found) >= count else None

    told: list[dict[str, Any]] = await until(entries, 30)
    return told


async def set_days(person: Person, days: int | None) -> None:
    """The agency wants its messages kept so long."""
    answer = await person.http.put(PATH, json={"days": days})
    assert answer.is_success, answer.text


@pytest.fixture
def two(office: Office) -> Iterator[None]:
    """Two processes of messaging sweep beside each other."""
    services = office.platform.services
    services.start("messaging#2")
    yield
    services.stop("messaging#2")


@pytest.mark.usefixtures("two")
async def test_after_a_day_messages_are_gone_and_the_audit_counts_them(office: Office) -> None:
    admin, other = await office.person(US), await office.person(SA)
    await set_days(admin, 1)
    for number in range(3):
        await office.text(US, DAN, f"Hello {number}")
    await office.text(SA, NOURA, "Hello")
    await has(admin, DAN, 3)
    await has(other, NOURA, 1)
    sent = (await admin.http.get("/v1/messages", params={"limit": 200})).json()["data"]
    office.move(timedelta(hours=25))
    admin, other = await office.person(US), await office.person(SA)
    await has(admin, DAN, 0)
    facts = [
        one for one in await noted(admin, "retention.swept", 2) if one["category"] == "messages"
    ]
    swept = [one for one in facts if one["collection"] == "messages"]
    assert sum(one["documents"] for one in swept) == 3 + len(sent)
    assert {(one["period_days"], one["policy_version"]) for one in swept} == {(1, 1)}
    await has(other, NOURA, 1)


async def test_a_shorter_period_holds_from_the_next_sweep_on(office: Office) -> None:
    admin = await office.person(SA)
    await set_days(admin, 90)
    await office.text(SA, NOURA, "Hello again")
    await has(admin, NOURA, 2)
    office.move(timedelta(days=31))
    admin = await office.person(SA)
    await office.text(SA, DAN, "Only now")
    await has(admin, DAN, 1)
    await has(admin, NOURA, 2)
    await set_days(admin, 30)
    await has(admin, NOURA, 0)
    await has(admin, DAN, 1)
    latest = (await noted(admin, "retention.changed", 2))[0]
    assert (latest["days_before"], latest["days"]) == (90, 30)
    assert (latest["version_before"], latest["version"]) == (1, 2)
    swept = await noted(admin, "retention.swept", 2)
    assert {one["policy_version"] for one in swept if one["category"] == "messages"} == {2}
