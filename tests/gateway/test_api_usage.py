import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import pytest

from services.gateway import jobs
from services.gateway.domain.roles import Role
from tests.gateway.house import AT, ONE, TWO, House, problem


async def written(house: House) -> None:
    """Runs the job until what waits is written."""
    job = asyncio.ensure_future(jobs.write_usage(house.desk.waiting)(house.running))
    house.running.stopping.set()
    async with asyncio.timeout(5):
        while len(house.desk.waiting):
            await asyncio.sleep(0.01)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job


async def usage(client: httpx.AsyncClient, **period: str) -> list[dict[str, object]]:
    answer = await client.get("/v1/usage", params=period)
    assert answer.status_code == 200, answer.text
    data: list[dict[str, object]] = answer.json()["data"]
    return data


async def test_each_answered_request_is_one_entry_without_content(house: House) -> None:
    admin = await house.signed_in(ONE)
    await admin.patch("/v1/users/usr_0123456789", json={"disabled": True})
    await admin.get("/v1/customers/+12025550143?q=amal")
    await written(house)
    (account,) = house.data.accounts.values()
    entries = [(use.user, use.operation, use.status) for use in house.data.usage]
    assert entries == [
        (account.id, "PATCH /v1/users/{user_id}", 404),
        (account.id, "GET /v1/customers/{customer_id}", 503),
    ]
    assert all(use.ms >= 0 and use.at == AT for use in house.data.usage)
    assert "0143" not in str(house.data.usage)


async def test_usage_is_shown_by_day_and_operation(
    house: House, at: Callable[[datetime], None]
) -> None:
    admin, other = await house.signed_in(ONE), await house.signed_in(TWO)
    await admin.get("/v1/session")
    await admin.get("/v1/session")
    await other.get("/v1/session")
    at(AT + timedelta(minutes=25))
    await admin.get("/v1/session")
    at(AT + timedelta(minutes=50))
    await written(house)
    assert await usage(admin) == [
        {"day": "2026-05-19", "operation": "GET /v1/session", "requests": 3, "units": 3}
    ]
    assert await usage(admin, since="2026-05-20", until="2026-05-21") == []


@pytest.mark.parametrize(
    "period",
    [
        {"since": "2026-05-20", "until": "2026-05-19"},
        {"since": "2024-01-01", "until": "2026-01-01"},
        {"since": "yesterday"},
        {"until": "0001-01-01"},
        {"since": "0001-01-01", "until": "0001-01-02"},
        {"since": "9999-12-31", "until": "9999-12-31"},
    ],
)
async def test_a_period_that_is_none_is_refused(house: House, period: dict[str, str]) -> None:
    admin = await house.signed_in()
    answer = await admin.get("/v1/usage", params=period)
    assert answer.status_code == 422
    assert problem(answer) in {"bad_period", "invalid_request"}


async def test_requests_of_nobody_are_nobodys_usage(house: House) -> None:
    agent = await house.signed_in(ONE, Role.AGENT)
    await house.client().get("/v1/users")
    assert (await agent.get("/v1/users")).status_code == 403
    assert len(house.desk.waiting) == 0


async def test_entries_wait_while_the_store_is_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs.using, "WRITE_SECONDS", 0.01)
    admin = await house.signed_in()
    await admin.get("/v1/session")
    read, failures = house.units.read, iter([True, True])

    def away(tenant: str) -> object:
        if next(failures, None):
            raise ConnectionError
        return read(tenant)

    monkeypatch.setattr(house.units, "read", away)
    await written(house)
    async with asyncio.timeout(5):
        while not house.data.usage:
            await written(house)
    assert len(house.data.usage) == 1


async def test_entries_of_a_tenant_that_left_are_dropped(house: House) -> None:
    admin = await house.signed_in()
    await admin.get("/v1/session")
    house.running.tenants._open.pop(ONE)
    await written(house)
    assert house.data.usage == []
