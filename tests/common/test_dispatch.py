"""From a record to its handlers: whose it is decides first."""

from datetime import UTC, datetime

from libs.common import clock
from libs.common.bus import Dispatch, Record
from libs.common.events import (
    CallMatched,
    Envelope,
    ExportOrdered,
    ExportPart,
    TenantClosed,
    TenantSaved,
    enclose,
)
from libs.common.mongo import TenantScope, Work
from libs.common.tenants import Tenants
from tests.support.units import MemoryUnits

AT = datetime(2026, 5, 19, tzinfo=UTC)


async def test_events_of_a_tenant_that_has_left_are_passed_over() -> None:
    async def handle(_: CallMatched, __: TenantScope, ___: Work) -> None:
        raise AssertionError

    tenants = Tenants()
    tenants.put(TenantClosed(tenant="agencyaaa"))
    units: MemoryUnits[TenantScope] = MemoryUnits(lambda scope: scope)
    dispatch: Dispatch[TenantScope] = Dispatch(((CallMatched, handle),), units, tenants)
    fact = CallMatched(session_id="s", outcome="unknown")
    event = enclose(fact, "agencyaaa", id="e", source="t", time=AT)
    await dispatch.take(Record("matches.v1", 0, 0, event.key, event.to_json()))


async def test_who_is_only_asked_reads_outside_the_transaction_that_the_answer_is_written_in() -> (
    None
):
    seen: list[TenantScope] = []

    async def tell(order: ExportOrdered, store: TenantScope, work: Work) -> None:
        seen.append(store)
        told = {**order.model_dump(exclude={"customers"}), "store": "t", "sealed": ""}
        for index in range(2):
            work.emit(ExportPart(**told, index=index, parts=2))

    tenants = Tenants()
    told = {"name": "A", "profile": "intnet-iq", "region": "US", "language": "en"}
    tenants.put(TenantSaved(tenant="agencyaaa", version=1, **told))
    units: MemoryUnits[TenantScope] = MemoryUnits(lambda scope: scope, emits=(ExportPart,))
    dispatch: Dispatch[TenantScope] = Dispatch(((ExportOrdered, tell),), units, tenants)
    fact = ExportOrdered(request_id="r", subject="s", at=AT)
    event = enclose(fact, "agencyaaa", id="e", source="t", time=clock.now())
    record = Record("privacy.v1", 0, 0, event.key, event.to_json())
    for _ in range(2):
        await dispatch.take(record)
    assert [part.index for part in units.of(ExportPart)] == [0, 1]
    assert {scope._within for scope in seen} == {None}  # type: ignore[attr-defined]


async def test_what_a_service_does_not_heed_leaves_no_trace_and_may_be_heeded_later() -> None:
    handled: list[str] = []
    wanted: set[str] = set()

    async def handle(fact: CallMatched, _: TenantScope, __: Work) -> None:
        handled.append(fact.session_id)

    async def heeds(store: TenantScope, envelope: Envelope) -> bool:
        assert store.tenant == envelope.tenantid
        return envelope.subject in wanted

    tenants = Tenants()
    told = {"name": "A", "profile": "intnet-iq", "region": "US", "language": "en"}
    tenants.put(TenantSaved(tenant="agencyaaa", version=1, **told))
    units: MemoryUnits[TenantScope] = MemoryUnits(lambda scope: scope)
    consumes = ((CallMatched, handle),)
    dispatch: Dispatch[TenantScope] = Dispatch(consumes, units, tenants, None, heeds)
    fact = CallMatched(session_id="s", outcome="unknown")
    event = enclose(fact, "agencyaaa", id="e", source="t", time=AT)
    record = Record("matches.v1", 0, 0, event.key, event.to_json())
    await dispatch.take(record)
    inbox = units.mongo.service_collection("inbox")
    assert (handled, await inbox.list({})) == ([], [])
    wanted.add("s")
    for _ in range(2):
        await dispatch.take(record)
    assert handled == ["s"]
    assert len(await inbox.list({})) == 1
