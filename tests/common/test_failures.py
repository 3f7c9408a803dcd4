"""Failing records: wait, try again or park, and never vanish."""

from collections.abc import Awaitable, Callable

import pytest

from libs.common.bus import Poison, Record, Unavailable, failures, guarded
from libs.common.tenants import UnknownTenant

RECORD = Record("calls.v1", 0, 7, b"agencyaaa:s-1", b"{}")


class Parked:
    def __init__(self) -> None:
        self.rows: list[tuple[str, str, int]] = []

    async def __call__(self, record: Record, reason: str, attempts: int) -> None:
        self.rows.append((record.place, reason, attempts))


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(_: float) -> None:
        return

    monkeypatch.setattr("asyncio.sleep", at_once)


def failing(*errors: Exception) -> tuple[Callable[[Record], Awaitable[None]], list[int]]:
    left, calls = list(errors), [0]

    async def take(_: Record) -> None:
        calls[0] += 1
        if left:
            raise left.pop(0)

    return take, calls


async def test_poison_is_parked_at_once() -> None:
    take, calls = failing(Poison("tenant: the key names another tenant"))
    parked = Parked()
    await guarded(RECORD, take, parked)
    assert parked.rows == [("calls.v1/0/7", "tenant: the key names another tenant", 1)]
    assert calls == [1]


async def test_a_passing_failure_is_tried_again() -> None:
    take, calls = failing(ValueError(), ValueError())
    parked = Parked()
    await guarded(RECORD, take, parked)
    assert (parked.rows, calls) == ([], [3])


async def test_five_tries_then_parked_without_the_message_of_the_error() -> None:
    take, calls = failing(*[ValueError("+12025550133")] * 9)
    parked = Parked()
    await guarded(RECORD, take, parked)
    assert parked.rows == [("calls.v1/0/7", "ValueError: 5 tries", 5)]
    assert calls == [5]


async def test_a_tenant_that_is_not_known_yet_is_waited_for_longer() -> None:
    take, calls = failing(*[UnknownTenant("unknown tenant")] * 11)
    parked = Parked()
    await guarded(RECORD, take, parked)
    assert (parked.rows, calls) == ([], [12])
    take, calls = failing(*[UnknownTenant("unknown tenant")] * 20)
    await guarded(RECORD, take, parked)
    assert parked.rows == [("calls.v1/0/7", "UnknownTenant: 12 tries", 12)]


async def test_an_outage_is_waited_for_and_never_parked() -> None:
    take, calls = failing(*[Unavailable()] * 12)
    parked = Parked()
    await guarded(RECORD, take, parked)
    assert (parked.rows, calls) == ([], [13])


async def test_a_long_outage_is_raised_so_that_the_batch_rewinds() -> None:
    take, _ = failing(*[Unavailable()] * 1000)
    parked = Parked()
    with pytest.raises(Unavailable):
        await guarded(RECORD, take, parked)
    assert parked.rows == []


async def test_slow_tries_count_towards_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(failures, "monotonic", lambda: now)

    async def mute_for_a_while(_: Record) -> None:
        nonlocal now
        now += 25.0
        raise Unavailable

    with pytest.raises(Unavailable):
        await guarded(RECORD, mute_for_a_while, Parked())
    assert now == 75.0


async def test_slow_tries_that_are_no_outage_still_end_in_parking(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr(failures, "monotonic", lambda: now)

    async def slow_and_wrong(_: Record) -> None:
        nonlocal now
        now += 25.0
        raise ValueError

    parked = Parked()
    await guarded(RECORD, slow_and_wrong, parked)
    assert parked.rows == [("calls.v1/0/7", "ValueError: 5 tries", 5)]


async def test_where_parking_fails_the_record_is_not_passed() -> None:
    async def no_place(_: Record, __: str, ___: int) -> None:
        raise Unavailable

    take, _ = failing(Poison("x"))
    with pytest.raises(Unavailable):
        await guarded(RECORD, take, no_place)
