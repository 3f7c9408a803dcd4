from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common import clock
from services.gateway.domain import memory as memory_module
from services.gateway.domain.live import Live
from services.gateway.domain.memory import KEEP, LONGEST_CALL, LONGEST_RING, OVERLAP, Memory
from services.gateway.domain.moment import Moment

AT = datetime(2026, 5, 19, 12, tzinfo=UTC)
TENANTS = ("tenant0001", "tenant0002", "tenant0003")
TYPES = ("call.started", "call.matched", "insight.produced", "call.answered", "call.ended")


def moment(id: str, type: str = "call.started", call: str | None = "ses_1") -> Moment:  # noqa: A002
    at = AT + timedelta(minutes=int(id.removeprefix("evt_")))
    return Moment(id, type, clock.rfc3339(at), call, {"session_id": call})


def told(*types: str) -> Memory:
    memory = Memory()
    for n, kind in enumerate(types):
        memory.put(moment(f"evt_{n}", kind), AT)
    return memory


steps = st.lists(
    st.tuples(
        st.sampled_from(TENANTS),
        st.integers(0, 9),  # event
        st.sampled_from(TYPES),
        st.integers(0, 3),  # call
        st.integers(0, 200),  # seconds since the last
    ),
    max_size=60,
)


@given(steps)
def test_no_tenant_ever_hears_or_finds_anothers_events(
    steps: list[tuple[str, int, str, int, int]],
) -> None:
    """The ids of events and calls are the same in all tenants, as an attacker would choose."""
    live, now = Live(), AT
    heard: dict[str, list[Moment]] = {tenant: [] for tenant in TENANTS}

    def listener(tenant: str) -> None:
        live.join(tenant, lambda m: heard[tenant].append(m) if m else None)

    for tenant in TENANTS:
        listener(tenant)
    sent: dict[str, set[str]] = {tenant: set() for tenant in TENANTS}
    for tenant, event, kind, call, seconds in steps:
        now += timedelta(seconds=seconds)
        live.forget(now)
        shared = moment(f"evt_{event}", kind, f"ses_{call}")
        data = {"session_id": f"ses_{call}", "whose": tenant}
        live.put(tenant, Moment(shared.id, kind, shared.time, shared.call, data), now)
        sent[tenant].add(shared.id)
    for tenant in TENANTS:
        memory = live.join(tenant, lambda _: None)
        found = [*heard[tenant], *memory.open_calls()]
        for id_ in (f"evt_{n}" for n in range(10)):
            found += memory.after(id_) or []
        assert {m.data["whose"] for m in found} <= {tenant}
        assert {m.id for m in heard[tenant]} == sent[tenant]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60), st.data())
def test_a_client_that_comes_back_misses_nothing_whatever_the_order_here(
    ids: list[int], data: st.DataObject
) -> None:
    memory = Memory()
    order: list[str] = []
    for n in ids:
        if memory.put(moment(f"evt_{n}"), AT):
            order.append(f"evt_{n}")
    last = data.draw(st.sampled_from(order))
    after = memory.after(last)
    assert after is not None
    place = order.index(last)
    newer = [one for one in order[:place] if _number(one) > _number(last)]
    assert [m.id for m in after] == newer + order[place + 1 :]
    assert memory.last_id() == order[-1]


def _number(name: str) -> int:
    return int(name.removeprefix("evt_"))


def test_an_event_from_about_the_same_time_may_come_twice_and_is_not_missed() -> None:
    memory, near = Memory(), clock.rfc3339(AT - OVERLAP)
    for one in (Moment("near", "call.ended", near, "ses_1", {}), moment("evt_0")):
        memory.put(one, AT)
    assert [m.id for m in memory.after("evt_0") or ()] == ["near"]


def test_an_unknown_id_is_no_place_to_go_on_from() -> None:
    assert told("call.started").after("evt_9") is None


def test_open_calls_come_with_all_their_events_in_the_order_of_time() -> None:
    memory = told("call.matched", "call.started", "insight.produced")
    assert [m.type for m in memory.open_calls()] == [
        "call.matched", "call.started", "insight.produced"
    ]  # fmt: skip


@given(st.permutations(TYPES))
def test_an_ended_call_is_over_in_whatever_order_it_was_told(types: list[str]) -> None:
    memory = Memory()
    for n, kind in enumerate(types):
        memory.put(moment(f"evt_{n}", kind), AT)
        started = "call.started" in types[: n + 1]
        ended = "call.ended" in types[: n + 1]
        assert bool(memory.open_calls()) is (started and not ended)


def test_five_minutes_are_kept_and_no_more() -> None:
    memory = told("call.started", "call.ended")
    memory.forget(AT + KEEP - timedelta(seconds=1))
    assert memory.after("evt_0")
    memory.forget(AT + KEEP)
    assert memory.after("evt_0") is None
    assert len(memory) == 0


def test_a_busy_tenant_is_remembered_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_module, "MOST", 3)
    memory = told(*["call.answered"] * 5)
    assert memory.after("evt_1") is None
    assert [m.id for m in memory.after("evt_2") or ()] == ["evt_3", "evt_4"]


@pytest.mark.parametrize(
    ("last", "longest"), [("call.matched", LONGEST_RING), ("call.answered", LONGEST_CALL)]
)
def test_a_call_that_is_open_outlives_them_but_not_for_ever(last: str, longest: timedelta) -> None:
    memory = told("call.started", last)
    memory.forget(AT + longest - timedelta(seconds=1))
    assert len(memory.open_calls()) == 2
    memory.forget(AT + longest)
    assert len(memory) == 0


def test_a_stream_ends_when_all_do() -> None:
    live, heard = Live(), list[Moment | None]()
    live.join(TENANTS[0], heard.append)
    live.close()
    live.join(TENANTS[1], heard.append)
    assert heard == [None, None]


def test_who_has_left_hears_nothing() -> None:
    live, heard = Live(), list[Moment | None]()
    hear = heard.append
    live.join(TENANTS[0], hear)
    assert live.listening() == 1
    live.leave(TENANTS[0], hear)
    live.leave(TENANTS[0], hear)
    live.put(TENANTS[0], moment("evt_1"), AT)
    assert (heard, live.listening()) == ([], 0)


def about(name: str, type: str, call: str | None, **data: object) -> Moment:  # noqa: A002
    shown = moment(name, type, call)
    return Moment(shown.id, type, shown.time, call, {**shown.data, **data})  # type: ignore[dict-item]


def test_who_is_erased_is_forgotten_with_all_of_their_calls() -> None:
    live, mine, other = Live(), TENANTS[0], TENANTS[1]
    told = [
        about("evt_0", "call.started", "ses_1", subject="noura"),
        about("evt_1", "insight.produced", "ses_1"),
        about("evt_2", "call.started", "ses_2", subject="dan"),
        about("evt_3", "sms.sent", None, subject="noura"),
        about("evt_4", "customer.saved", None, subjects=["dan", "noura"]),
    ]
    for tenant in (mine, other):
        for one in told:
            live.put(tenant, one, AT)
    live.erase(mine, "noura")
    live.erase(TENANTS[2], "noura")
    memory = live.join(mine, lambda _: None)
    assert [one.id for one in memory.open_calls()] == ["evt_2"]
    assert memory.last_id() == "evt_2"
    assert memory.after("evt_0") is None
    live.put(mine, about("evt_5", "call.answered", "ses_1"), AT)
    assert [one.id for one in memory.open_calls()] == ["evt_2"]
    assert len(live.join(other, lambda _: None).open_calls()) == 3


CANDIDATES = [{"customer_id": "c-1", "name": "Peregrina"}, {"customer_id": "c-2", "name": "Ada"}]


def named(id: str, **data: object) -> Moment:  # noqa: A002
    kind = "insight.produced" if "inputs" in data else "call.matched"
    return Moment(id, kind, clock.rfc3339(AT), "ses_1", {"session_id": "ses_1", **data})  # type: ignore[dict-item]


def test_whose_record_was_removed_is_not_given_out_and_the_call_goes_on() -> None:
    live, tenant = Live(), TENANTS[0]
    memory = live.join(tenant, lambda _: None)
    live.put(tenant, moment("evt_0"), AT)
    memory = live.join(tenant, lambda _: None)
    live.put(tenant, named("evt_1", candidates=CANDIDATES), AT)
    live.put(tenant, named("evt_2", inputs=["customer/c-1", "call/ses_1"]), AT)
    live.put(tenant, named("evt_3", inputs=["call/ses_1"]), AT)
    live.remove(TENANTS[1], "c-1", AT, AT)
    assert len(memory.open_calls()) == 4
    live.remove(tenant, "c-1", AT, AT)
    told = (
        [one.id for one in memory.open_calls()],
        [one.id for one in memory.after("evt_0") or ()],
    )
    assert told == (["evt_0", "evt_3"], ["evt_3"])
    live.forget(AT)
    assert memory.after("evt_1") is None
    assert [one.id for one in memory.open_calls()] == ["evt_0", "evt_3"]


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_what_names_them_and_comes_later_is_taken_in_where_they_are_on_file_again(
    seconds: int,
) -> None:
    live, tenant = Live(), TENANTS[0]
    heard: list[Moment | None] = []
    live.join(tenant, heard.append)
    live.remove(tenant, "c-1", AT - timedelta(seconds=seconds), AT)
    live.put(tenant, named("evt_1", candidates=CANDIDATES), AT)
    assert len(heard) == (seconds > 0)
    live.forget(AT + KEEP)
    assert len(live.join(tenant, heard.append)) == 0


def test_of_who_is_restricted_nothing_says_who_they_may_be_and_the_call_goes_on() -> None:
    live, tenant = Live(), TENANTS[0]
    told = [
        about("evt_0", "call.started", "ses_1", subject="noura"),
        about("evt_1", "call.matched", "ses_1", subject="noura", candidates=CANDIDATES),
        about("evt_2", "insight.produced", "ses_1", inputs=["customer/c-1"]),
        about("evt_3", "call.started", "ses_2", subject="dan"),
        about("evt_4", "call.matched", "ses_2", subject="dan", candidates=CANDIDATES),
        about("evt_5", "insight.produced", "ses_2", inputs=["customer/c-1"]),
        about("evt_6", "message.matched", None, subject="noura", candidates=CANDIDATES),
        about("evt_7", "call.started", "ses_3", subject="noura"),
        about("evt_8", "call.matched", "ses_3", subject="noura", candidates=[]),
    ]
    for one in told:
        live.put(tenant, one, AT)
    memory = live.join(tenant, lambda _: None)
    live.restrict(TENANTS[1], "noura", AT)
    assert len(memory.open_calls()) == 8
    live.restrict(tenant, "noura", AT)
    left = ["evt_0", "evt_3", "evt_4", "evt_5", "evt_7", "evt_8"]
    for _ in range(2):
        assert [one.id for one in memory.open_calls()] == left
        assert [one.id for one in memory.after("evt_0") or ()] == left[1:]
        live.forget(AT)
    live.release(tenant, "noura")
    assert [one.id for one in memory.open_calls()] == left


def test_a_card_under_way_of_who_is_restricted_is_not_shown_even_if_its_call_has_ended() -> None:
    live, tenant = Live(), TENANTS[0]
    heard: list[Moment | None] = []
    live.join(tenant, heard.append)
    live.restrict(tenant, "noura", AT)
    live.put(tenant, about("evt_0", "call.started", "ses_1", subject="noura"), AT)
    live.put(tenant, about("evt_1", "call.ended", "ses_1"), AT)
    live.put(tenant, about("evt_2", "insight.produced", "ses_1"), AT)
    assert [one.type for one in heard if one] == ["call.started", "call.ended"]
    live.forget(AT + KEEP)
    assert len(live.join(tenant, heard.append)) == 0


def test_a_card_takes_the_place_of_earlier_ones_of_its_call() -> None:
    """Made a minute after the match was, the second names who is gone and seems to be of later."""
    live, tenant = Live(), TENANTS[0]
    heard: list[Moment | None] = []
    live.join(tenant, heard.append)
    for one in (
        about("evt_0", "call.started", "ses_1"),
        about("evt_1", "insight.produced", "ses_1", version=1, inputs=[]),
        about("evt_2", "insight.produced", "ses_1", version=2, inputs=["customer/c-1"]),
        about("evt_3", "insight.produced", "ses_2", version=2, inputs=["customer/c-2"]),
    ):
        live.put(tenant, one, AT)
    memory = live.join(tenant, lambda _: None)
    live.remove(tenant, "c-1", AT + timedelta(minutes=1), AT)
    assert [one.id for one in memory.open_calls()] == ["evt_0", "evt_2"]
    live.put(tenant, about("evt_4", "insight.produced", "ses_1", version=3, inputs=[]), AT)
    assert [one.id for one in memory.open_calls()] == ["evt_0", "evt_4"]
    assert [one.id for one in memory.after("evt_0") or ()] == ["evt_3", "evt_4"]
    assert [one.id for one in memory.after("evt_2") or ()] == ["evt_3", "evt_4"]
    late = about("evt_5", "insight.produced", "ses_1", version=2, inputs=["customer/c-1"])
    live.put(tenant, late, AT)
    assert [one.id for one in heard if one] == [f"evt_{n}" for n in range(5)]
    live.put(tenant, about("evt_6", "call.ended", "ses_1"), AT)
    assert [one.id for one in memory.after("evt_0") or ()] == ["evt_3", "evt_4", "evt_6"]


def test_those_who_are_gone_are_remembered_up_to_a_bound_and_stay_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    memory = Memory()
    for n in range(4):
        call, who = f"ses_{n}", [{"customer_id": f"c-{n}", "name": "Peregrina"}]
        memory.put(about(f"evt_{n}", "call.started", call, subject=f"s-{n}"), AT)
        late = about(f"evt_{n + 4}", "call.matched", call, subject=f"s-{n}", candidates=who)
        memory.put(late, AT)
    events = len(memory)
    monkeypatch.setattr(memory_module, "MOST", 3)
    for n in range(1000):
        memory.remove(f"c-{n}", AT + 2 * KEEP, AT)
    assert len(memory) <= events - 4 + 3  # without the matches
    assert [one.id for one in memory.open_calls()] == [f"evt_{n}" for n in range(4)]


def test_those_who_are_restricted_are_remembered_up_to_a_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory_module, "MOST", 3)
    memory = Memory()
    memory.put(about("evt_0", "call.started", "ses_0", subject="s-0"), AT)
    memory.put(about("evt_1", "insight.produced", "ses_0", version=1), AT)
    for n in range(1000):
        memory.restrict(f"s-{n}", AT)
    assert [one.id for one in memory.open_calls()] == ["evt_0"]
    assert len(memory) <= 2 + 3
