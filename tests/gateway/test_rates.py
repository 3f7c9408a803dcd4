"""Rate limits, as clients meet them; the clock that counts is the test's."""

from collections.abc import Callable
from typing import Any

import pytest

from services.gateway.api import counts, rates
from services.gateway.api.counts import ROOM, Counts
from services.gateway.api.rates import Rates
from services.gateway.domain.rates import REFUSED, WINDOW, Quotas
from services.gateway.domain.roles import Role
from services.gateway.domain.streams import Places
from tests.gateway.house import TWO, House, problem

BAD = {"Authorization": "Bearer ink_live_nothing"}


class Passing:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Passing:
    passing = Passing()
    for module in (counts, rates):
        monkeypatch.setattr(module, "monotonic", passing)
    return passing


@pytest.fixture
def limited(house: House, seconds: Passing) -> Callable[..., None]:
    def to(**quotas: int) -> None:
        house.desk.rates = Rates(Quotas(**quotas))

    return to


async def test_a_success_tells_where_one_stands(house: House, limited: Any) -> None:
    admin = await house.signed_in()
    limited(user=3, tenant=5)
    answer = await admin.get("/v1/numbers")
    assert answer.status_code == 200
    assert answer.headers["ratelimit-policy"] == '"user";q=3;w=10, "tenant";q=5;w=10'
    assert answer.headers["ratelimit"] == '"user";r=2;t=10, "tenant";r=4;t=10'
    assert "retry-after" not in answer.headers


async def test_who_asks_too_often_waits_and_goes_on(
    house: House, limited: Any, seconds: Passing
) -> None:
    admin = await house.signed_in()
    limited(user=2)
    statuses = [(await admin.get("/v1/numbers")).status_code for _ in range(2)]
    seconds.now += WINDOW - 4
    refused = await admin.get("/v1/numbers")
    assert (statuses, refused.status_code) == ([200, 200], 429)
    assert problem(refused) == "rate_limited"
    assert refused.headers["retry-after"] == "4"
    assert refused.headers["ratelimit"] == '"user";r=0;t=4'
    seconds.now += 4
    assert (await admin.get("/v1/numbers")).status_code == 200


async def test_a_refused_scope_counts_too(house: House, limited: Any) -> None:
    agent = await house.signed_in(role=Role.AGENT)
    limited(user=1)
    answers = [(await agent.get("/v1/users")).status_code for _ in range(2)]
    assert answers == [403, 429]


async def test_one_users_haste_is_not_anothers(house: House, limited: Any) -> None:
    first, second = await house.signed_in(), await house.signed_in()
    limited(user=1)
    assert [(await first.get("/v1/numbers")).status_code for _ in range(2)] == [200, 429]
    assert (await second.get("/v1/numbers")).status_code == 200


async def test_all_of_an_agency_share_one_quota_and_no_other_agency_has_part_in_it(
    house: House, limited: Any
) -> None:
    first, second = await house.signed_in(), await house.signed_in()
    other = await house.signed_in(TWO)
    limited(tenant=2)
    asked = [await who.get("/v1/numbers") for who in (first, second, first)]
    assert [answer.status_code for answer in asked] == [200, 200, 429]
    assert '"tenant";r=0' in asked[-1].headers["ratelimit"]
    assert (await other.get("/v1/numbers")).status_code == 200


async def test_what_is_open_is_counted_by_address(house: House, limited: Any) -> None:
    client = house.client()
    limited(address=2)
    answers = [await client.get(path) for path in ("/", "/policies", "/static/live.css")]
    assert [answer.status_code for answer in answers][:2] == [200, 200]
    assert answers[0].headers["ratelimit"] == '"address";r=1;t=10'
    assert answers[-1].status_code == 429
    assert problem(answers[-1]) == "rate_limited"
    assert answers[-1].headers["cache-control"] == "no-store"
    assert (await client.post("/v1/session", json={})).status_code == 429


async def test_who_is_not_signed_in_is_counted_by_address(house: House, limited: Any) -> None:
    client, admin = house.client(), await house.signed_in()
    limited(address=1)
    answers = [(await client.get("/v1/numbers")).status_code for _ in range(2)]
    assert answers == [401, 429]
    assert (await admin.get("/v1/numbers")).status_code == 200


async def test_bad_keys_of_an_address_are_looked_at_so_often(house: House, limited: Any) -> None:
    limited()
    client = house.client(**BAD)
    statuses = [(await client.get("/v1/numbers")).status_code for _ in range(REFUSED + 1)]
    assert statuses == [401] * REFUSED + [429]
    admin = await house.signed_in()
    assert (await admin.get("/v1/numbers")).status_code == 200


async def test_counts_that_are_over_are_let_go_of(seconds: Passing) -> None:
    kept = Counts()
    for number in range(ROOM):
        await kept.incr(f"gone-{number}", WINDOW)
    seconds.now += WINDOW
    await kept.incr("fresh", WINDOW)
    assert len(kept) == 1
    assert (await kept.get("fresh"), await kept.get("gone-1")) == (1, 0)
    assert await kept.get_expiry("fresh") == seconds.now + WINDOW
    await kept.clear("fresh")
    assert await kept.get_expiry("fresh") == seconds.now


async def test_counts_that_go_on_are_kept_however_many_they_are(seconds: Passing) -> None:
    kept = Counts()
    for number in range(ROOM + 1):
        await kept.incr(f"key-{number}", WINDOW)
    assert len(kept) == ROOM + 1
    assert await kept.incr("key-0", WINDOW) == 2
    assert await kept.check()
    assert await kept.reset() == ROOM + 1
    assert len(kept) == 0


def test_quotas_come_from_the_settings(house: House) -> None:
    assert house.desk.site.quotas == Quotas()
    assert house.desk.site.places == Places()
