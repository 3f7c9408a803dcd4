"""Records that are taken several at once: together, or each by itself where that fails."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from libs.common.bus import Breaker, Dispatch, Record, Together
from libs.common.events import CallMatched, TenantSaved, enclose
from libs.common.mongo import TenantScope, Work
from libs.common.service.taking import Taking
from libs.common.tenants import Tenants
from tests.support.units import MemoryUnits

AT = datetime(2026, 5, 19, tzinfo=UTC)
OURS = TenantSaved(tenant="agencyaaa", version=1, name="A", profile="p", region="US", language="en")


class Seen:
    """A handler that notes what it is given, and fails for some."""

    def __init__(self) -> None:
        self.portions: list[list[str]] = []
        self.broken: set[str] = set()

    async def take(self, facts: Sequence[CallMatched], _: TenantScope, work: Work) -> None:
        sessions = [fact.session_id for fact in facts]
        for one in facts:
            work.emit(one)
        if self.broken & set(sessions):
            raise KeyError
        self.portions.append(sessions)


class Parked:
    def __init__(self) -> None:
        self.reasons: dict[int, str] = {}

    async def park(self, record: Record, reason: str, _: int) -> None:
        self.reasons[record.offset] = reason


def record(offset: int, session: str) -> Record:
    fact = CallMatched(session_id=session, outcome="unknown")
    event = enclose(fact, OURS.tenant, id=f"e-{offset}", source="t", time=AT)
    return Record("matches.v1", 0, offset, event.key, event.to_json())


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def parked() -> Parked:
    return Parked()


@pytest.fixture
def units() -> MemoryUnits[TenantScope]:
    return MemoryUnits(lambda scope: scope, emits=[CallMatched])


@pytest.fixture
def taking(seen: Seen, parked: Parked, units: MemoryUnits[TenantScope]) -> Taking:
    tenants = Tenants()
    tenants.put(OURS)
    consumes = ((CallMatched, Together(seen.take)),)
    dispatch: Dispatch[TenantScope] = Dispatch(consumes, units, tenants)
    assert dispatch.together == {"matches.v1"}
    return Taking(dispatch, parked, Breaker())  # type: ignore[arg-type]


async def test_they_are_handed_over_at_once(
    taking: Taking, seen: Seen, units: MemoryUnits[TenantScope]
) -> None:
    await taking.several([record(n, "s") for n in range(3)])
    assert seen.portions == [["s", "s", "s"]]
    assert len({envelope.id for envelope in units.envelopes}) == 3


async def test_there_is_no_row_in_the_inbox(
    taking: Taking, seen: Seen, units: MemoryUnits[TenantScope]
) -> None:
    for _ in range(2):
        await taking.several([record(0, "s")])
    assert seen.portions == [["s"], ["s"]]
    assert await units.mongo.service_collection("inbox").count({}) == 0
    assert len({envelope.id for envelope in units.envelopes}) == 2


async def test_poison_among_them_is_parked_by_itself(
    taking: Taking, seen: Seen, parked: Parked
) -> None:
    broken = Record("matches.v1", 0, 1, b"agencyaaa:s", b"{")
    await taking.several([record(0, "s"), broken, record(2, "s")])
    assert seen.portions == [["s"], ["s"]]
    assert list(parked.reasons) == [1]


async def test_one_that_the_handler_refuses_is_parked_by_itself(
    taking: Taking, seen: Seen, parked: Parked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.common.bus.failures.FIRST_PAUSE", 0.0)
    seen.broken = {"bad"}
    await taking.several([record(0, "s"), record(1, "bad"), record(2, "s")])
    assert seen.portions == [["s"], ["s"]]
    assert parked.reasons == {1: "KeyError: 5 tries"}
