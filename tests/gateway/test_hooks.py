"""From an event to an agency's app: what is owed, sent, tried again and given up, and to whom."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from libs.common import clock
from libs.common.events import (
    CallEnded,
    CallMatched,
    CallStarted,
    Candidate,
    CustomerRemoved,
    ErasureDone,
    ErasureOrdered,
    Event,
    TenantClosed,
    enclose,
)
from libs.common.mongo import Work
from services.gateway import handlers
from services.gateway.clients import Letter, Poster
from services.gateway.domain.hooks.delivery import Delivery, Outcome, State
from services.gateway.domain.hooks.endpoint import Endpoint, Secret
from services.gateway.domain.hooks.listening import FRESH, Listening
from services.gateway.domain.hooks.signing import new_secret
from services.gateway.jobs import Delivering, delivering
from services.gateway.jobs.attempts import LEASE
from services.gateway.store import Store
from tests.gateway.house import AT, ONE, TWO, House

KINDS = ("call.started", "call.matched", "call.ended", "customer.removed")
DAY = timedelta(days=1)


def ring(session: str = "ses_1", subject: str | None = "5ub") -> CallStarted:
    return CallStarted(
        session_id=session, leg_id="leg_1", occurred_at=AT, started_at=AT, direction="incoming",
        party_kind="number", subject=subject,
    )  # fmt: skip


def ended(session: str = "ses_1") -> CallEnded:
    return CallEnded(
        session_id=session, leg_id="leg_1", occurred_at=AT, ended_at=AT, cause="normal_clearing",
        source="caller",
    )  # fmt: skip


def matched(customer: str = "cus_1") -> CallMatched:
    who = Candidate(customer_id=customer, name="Peregrina", confidence=1, reasons=())
    return CallMatched(session_id="ses_1", subject="5ub", outcome="matched", candidates=(who,))


class Apps(Poster):
    """Every app at once: what they were sent, and what each answers next."""

    def __init__(self) -> None:
        super().__init__(loopback=True)
        self.sent: list[Letter] = []
        self.answers: dict[str, Outcome] = {}
        self.slow: dict[str, asyncio.Event] = {}
        self.under_way: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    async def post(self, letter: Letter) -> Outcome:
        self.sent.append(letter)
        self.under_way[letter.url] += 1
        self.most[letter.url] = max(self.most[letter.url], self.under_way[letter.url])
        if gate := self.slow.get(letter.url):
            await gate.wait()
        self.under_way[letter.url] -= 1
        return self.answers.get(letter.url, Outcome(204))


class Hooked:
    """A gateway in memory with endpoints, and time that a test moves."""

    def __init__(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        self.house, self.apps = house, Apps()
        self._monkeypatch = monkeypatch
        self.tenants = {name: house.tenant(name) for name in (ONE, TWO)}
        self.secrets: dict[str, str] = {}
        self.job = Delivering(house.running, self.apps)
        self._events = 0

    async def endpoint(self, name: str = "whk_1", tenant: str = ONE, **values: Any) -> Endpoint:
        self.secrets[name] = new_secret()

        async def body(store: Store, _: Work) -> Endpoint:
            sealed = Secret(store.hooks.endpoints.seal(self.secrets[name]))
            made = Endpoint(
                **{
                    "id": name, "url": f"https://{name}.example.com/", "events": KINDS,
                    "secrets": (sealed,), "created_at": clock.now(), **values,
                }
            )  # fmt: skip
            await store.hooks.endpoints.put(made)
            return made

        return await self.house.units.write(self.tenants[tenant], body)

    async def happens(self, fact: Event, event: str | None = None, tenant: str = ONE) -> list[Any]:
        """As the consumer group gives it to its handler; returns what was emitted."""
        self._events += 1
        name = event or f"evt_{self._events}"
        emitted: list[Any] = []

        async def body(store: Store, work: Work) -> None:
            caused = Work(work.tenant, work.now, cause=name)
            if isinstance(fact, CustomerRemoved):
                await handlers.announce_removal(fact, store, caused)
            elif isinstance(fact, ErasureOrdered):
                await handlers.erase(fact, store, caused)
            else:
                await handlers.announce(fact, store, caused)
            emitted.extend(one for _, one in caused.emitted)

        await self.house.units.write(self.tenants[tenant], body)
        return emitted

    async def rounds(self, count: int = 1) -> None:
        """So often what is due is claimed and sent, and all of it settled."""
        for _ in range(count):
            async with asyncio.TaskGroup() as tasks:
                await self.job.round(tasks)

    async def log(self, name: str = "whk_1", tenant: str = ONE) -> list[Delivery]:
        hooks = self.house.units.read(tenant).hooks
        return await hooks.deliveries.page(name, None, 100)

    async def states(self, name: str = "whk_1", tenant: str = ONE) -> dict[str, State]:
        return {one.type: one.state for one in await self.log(name, tenant)}

    async def at(self, name: str = "whk_1", tenant: str = ONE) -> Endpoint:
        found = await self.house.units.read(tenant).hooks.endpoints.get(name)
        assert found
        return found

    async def due(self) -> list[str]:
        far = clock.now() + 30 * DAY
        rows = await self.house.units.read(ONE).hooks.due.waiting(far, 100, (), ())
        return [one.delivery for one in rows]

    def move(self, by: timedelta) -> None:
        later = clock.now() + by
        self._monkeypatch.setattr(clock, "now", lambda: later)


@pytest.fixture
async def hooked(house: House, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hooked]:
    made = Hooked(house, monkeypatch)
    yield made
    await made.apps.close()


async def test_an_event_is_owed_to_each_endpoint_of_its_agency_that_wants_it(
    hooked: Hooked,
) -> None:
    await hooked.endpoint("whk_1")
    await hooked.endpoint("whk_2", events=("call.ended",))
    await hooked.endpoint("whk_3", disabled="by_hand")
    await hooked.endpoint("whk_4", TWO)
    await hooked.happens(ring())
    assert await hooked.states("whk_1") == {"call.started": "pending"}
    assert await hooked.states("whk_2") == await hooked.states("whk_3") == {}
    assert await hooked.states("whk_4", TWO) == {}


async def test_an_event_that_comes_again_doubles_nothing(hooked: Hooked) -> None:
    await hooked.endpoint()
    for _ in range(2):
        await hooked.happens(ring(), "evt_a")
    assert len(await hooked.log()) == len(await hooked.due()) == 1
    await hooked.rounds()
    await hooked.happens(ring(), "evt_a")
    assert await hooked.states() == {"call.started": "delivered"}
    assert await hooked.due() == []
    await hooked.rounds()
    assert len(hooked.apps.sent) == 1


async def test_without_an_endpoint_nothing_is_kept(hooked: Hooked) -> None:
    await hooked.happens(ring())
    assert await hooked.due() == []
    await hooked.endpoint(events=("call.ended",))
    assert await hooked.states() == {}


async def test_events_of_an_agency_without_endpoints_are_not_heeded_but_orders_are(
    hooked: Hooked,
) -> None:
    heeds = hooked.house.service.heeds
    assert heeds
    listening: Listening = hooked.house.app.state.listening
    store = hooked.house.units.read(ONE)

    async def heeded(fact: Event) -> bool:
        event = enclose(fact, ONE, id="evt_1", source="test", time=AT)
        return await heeds(store, event)

    assert await heeded(ring()) is False
    assert await heeded(ErasureOrdered(request_id="req_1", subject="5ub", at=AT)) is True
    await hooked.endpoint()
    assert await heeded(ring()) is False
    hooked.move(FRESH)
    assert await heeded(ring()) is True
    listening.note(ONE, False, clock.now())
    listening.forget(ONE)
    assert await heeded(ring()) is True


async def test_what_is_sent_verifies_with_the_secret_and_with_the_one_before(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # the verifier asks the machine's clock
    made = await hooked.endpoint()
    old, new = hooked.secrets["whk_1"], new_secret()
    sealed = hooked.house.units.read(ONE).hooks.endpoints.seal(new)
    await hooked.endpoint(secrets=made.rotated(sealed, clock.now()).secrets)
    await hooked.happens(ring())
    await hooked.rounds()
    (letter,) = hooked.apps.sent
    (delivery,) = await hooked.log()
    for secret in (old, new):
        told = Webhook(secret).verify(letter.body, dict(letter.headers))
        assert told["data"] == {"call_id": "ses_1", "direction": "incoming"}
    assert letter.headers["webhook-id"] == delivery.id
    assert delivery.state == "delivered"


async def test_what_fails_is_tried_again_with_the_same_id_and_body(hooked: Hooked) -> None:
    await hooked.endpoint()
    hooked.apps.answers["https://whk_1.example.com/"] = Outcome(500)
    await hooked.happens(ring())
    await hooked.rounds(2)
    assert len(hooked.apps.sent) == 1
    (tried,) = await hooked.log()
    assert (tried.state, tried.status, tried.trouble) == ("pending", 500, "answer")
    hooked.move(timedelta(seconds=7))
    hooked.apps.answers.clear()
    await hooked.rounds()
    first, second = hooked.apps.sent
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    assert await hooked.states() == {"call.started": "delivered"}
    assert (await hooked.at()).failing_since is None


async def test_a_dead_endpoint_is_tried_for_three_days_and_disabled_with_a_notice(
    hooked: Hooked,
) -> None:
    await hooked.endpoint()
    hooked.apps.answers["https://whk_1.example.com/"] = Outcome(trouble="connect")
    await hooked.happens(ring())
    while (await hooked.at()).disabled is None:
        assert len(hooked.apps.sent) < 20
        await hooked.rounds()
        (one,) = await hooked.log()
        hooked.move(one.next_at - clock.now() if one.next_at else timedelta())
    assert len(hooked.apps.sent) == 11
    endpoint = await hooked.at()
    assert endpoint.disabled == "failing"
    assert clock.now() - AT >= 3 * DAY
    assert await hooked.states() == {"call.started": "failed"}
    (note,) = [n for _, n in hooked.house.units.noted if n.action == "webhook.disabled"]
    assert (note.object, note.reason, note.actor) == ("whk_1", "failing", "service:gateway")
    await hooked.happens(ended())
    assert await hooked.due() == []


async def test_what_is_under_way_to_an_endpoint_that_is_disabled_is_given_up(
    hooked: Hooked,
) -> None:
    await hooked.endpoint()
    hooked.apps.answers["https://whk_1.example.com/"] = Outcome(410)
    await hooked.happens(ring("ses_1"))
    await hooked.rounds()
    assert (await hooked.at()).disabled == "gone"
    await hooked.endpoint(disabled=None)
    await hooked.happens(ring("ses_2"))
    await hooked.endpoint(disabled="by_hand")
    await hooked.rounds()
    latest = next(one for one in await hooked.log() if one.about == ("call:ses_2",))
    assert (latest.state, latest.trouble) == ("failed", "disabled")
    assert await hooked.due() == []
    assert len(hooked.apps.sent) == 1


async def test_an_endpoint_that_is_slow_holds_up_no_other(hooked: Hooked) -> None:
    await hooked.endpoint("whk_slow")
    await hooked.endpoint("whk_fast")
    await hooked.endpoint("whk_other", TWO)
    gate = hooked.apps.slow["https://whk_slow.example.com/"] = asyncio.Event()
    for number in range(delivering.BATCH):
        await hooked.happens(ring(f"ses_{number}"))
    await hooked.happens(ring("ses_x"), tenant=TWO)
    async with asyncio.TaskGroup() as tasks:
        while await hooked.job.round(tasks):
            await asyncio.sleep(0)
        for _ in range(200):
            await asyncio.sleep(0)
            await hooked.job.round(tasks)
        fast = [one.state for one in await hooked.log("whk_fast")]
        assert fast == ["delivered"] * delivering.BATCH
        assert await hooked.states("whk_other", TWO) == {"call.started": "delivered"}
        assert hooked.apps.most["https://whk_slow.example.com/"] == delivering.PER_ENDPOINT
        gate.set()
    assert hooked.apps.most["https://whk_fast.example.com/"] <= delivering.PER_ENDPOINT


async def test_many_slow_endpoints_of_one_agency_leave_places_to_the_others(
    hooked: Hooked,
) -> None:
    gate = asyncio.Event()
    for number in range(10):
        await hooked.endpoint(f"whk_{number}")
        hooked.apps.slow[f"https://whk_{number}.example.com/"] = gate
    await hooked.endpoint("whk_other", TWO)
    for number in range(5):
        await hooked.happens(ring(f"ses_{number}"))
    await hooked.happens(ring("ses_x"), tenant=TWO)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(20):
            await hooked.job.round(tasks)
            await asyncio.sleep(0)
        assert hooked.apps.under_way.total() == delivering.PER_TENANT
        assert await hooked.states("whk_other", TWO) == {"call.started": "delivered"}
        gate.set()


async def test_a_failing_endpoint_is_sent_one_at_a_time(hooked: Hooked) -> None:
    await hooked.endpoint()
    url = "https://whk_1.example.com/"
    hooked.apps.answers[url] = Outcome(503)
    await hooked.happens(ring("ses_0"))
    await hooked.rounds()
    hooked.apps.most.clear()
    for number in range(1, 6):
        await hooked.happens(ring(f"ses_{number}"))
    await hooked.rounds(8)
    assert hooked.apps.most[url] == 1
    assert len(hooked.apps.sent) == 6


async def test_a_claim_that_was_left_is_taken_up_after_its_lease(hooked: Hooked) -> None:
    await hooked.endpoint()
    await hooked.happens(ring())
    gate = hooked.apps.slow["https://whk_1.example.com/"] = asyncio.Event()
    dying = asyncio.ensure_future(hooked.rounds())
    while not hooked.apps.sent:
        await asyncio.sleep(0)
    dying.cancel()
    await asyncio.wait([dying])
    gate.set()
    successor = Delivering(hooked.house.running, hooked.apps)
    async with asyncio.TaskGroup() as tasks:
        assert await successor.round(tasks) == 0
    hooked.move(LEASE)
    async with asyncio.TaskGroup() as tasks:
        assert await successor.round(tasks) == 1
    assert await hooked.states() == {"call.started": "delivered"}
    assert len({one.headers["webhook-id"] for one in hooked.apps.sent}) == 1


async def test_one_that_cannot_be_sent_holds_up_no_other(hooked: Hooked) -> None:
    await hooked.endpoint("whk_1", secrets=(Secret(b"of a key that is lost"),))
    await hooked.happens(ring())
    hooked.move(timedelta(seconds=1))
    await hooked.endpoint("whk_2")
    await hooked.happens(ring("ses_2"))
    await hooked.rounds()
    assert await hooked.states("whk_2") == {"call.started": "delivered"}
    assert {one.state for one in await hooked.log("whk_1")} == {"pending"}
    assert len(hooked.apps.sent) == 1


async def test_what_is_due_of_an_agency_that_has_left_is_let_go(hooked: Hooked) -> None:
    await hooked.endpoint("whk_1")
    await hooked.endpoint("whk_2", TWO)
    await hooked.happens(ring())
    await hooked.happens(ring(), tenant=TWO)
    hooked.house.running.tenants.put(TenantClosed(tenant=ONE))
    await hooked.rounds()
    assert await hooked.states("whk_2", TWO) == {"call.started": "delivered"}
    assert await hooked.due() == []
    assert len(hooked.apps.sent) == 1


async def test_who_is_erased_is_in_no_delivery_and_what_is_yet_to_come_of_their_call_is_none(
    hooked: Hooked,
) -> None:
    await hooked.endpoint(events=("call.matched", "call.ended", "customer.removed"))
    await hooked.happens(ring("ses_1"))
    await hooked.happens(ended("ses_1"))
    await hooked.happens(ring("ses_2", "other"))
    await hooked.happens(ended("ses_2"))
    await hooked.happens(matched())
    order = ErasureOrdered(request_id="req_1", subject="5ub", at=AT)
    (answer,) = await hooked.happens(order)
    assert isinstance(answer, ErasureDone)
    assert answer.store == "gateway"
    counts = {one.collection: one.documents for one in answer.deleted}
    assert counts == {"deliveries": 2, "callers": 1}
    (left,) = await hooked.log()
    assert left.about == ("call:ses_2",)
    assert await hooked.due() == [left.id]
    (second,) = await hooked.happens(order.model_copy(update={"round": 2}))
    assert second.deleted == ()
    await hooked.happens(ended("ses_1"))
    await hooked.rounds()
    assert [one.id for one in await hooked.log()] == [left.id]
    assert len(hooked.apps.sent) == 1
    assert "5ub" not in str(hooked.house.data.tables)


async def test_of_a_removed_customer_an_app_hears_the_removal_and_nothing_of_before(
    hooked: Hooked,
) -> None:
    await hooked.endpoint()
    await hooked.happens(ring())
    await hooked.happens(matched("cus_1"))
    await hooked.happens(CustomerRemoved(customer_id="cus_1", removed_at=AT))
    assert await hooked.states() == {"call.started": "pending", "customer.removed": "pending"}
    await hooked.rounds()
    assert {one.body.split('"')[3] for one in hooked.apps.sent} == {
        "call.started", "customer.removed",
    }  # fmt: skip


async def test_the_job_ends_once_what_is_under_way_is_settled(hooked: Hooked) -> None:
    await hooked.endpoint()
    await hooked.happens(ring())
    gate = hooked.apps.slow["https://whk_1.example.com/"] = asyncio.Event()
    stopping = asyncio.Event()
    job = asyncio.ensure_future(hooked.job.run(stopping))
    while not hooked.apps.sent:
        await asyncio.sleep(0)
    stopping.set()
    done, _ = await asyncio.wait([job], timeout=2 * delivering.POLL_SECONDS)
    assert not done
    gate.set()
    await job
    assert await hooked.states() == {"call.started": "delivered"}


async def test_a_store_that_is_away_for_a_moment_loses_no_outcome(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "SETTLE_PAUSES", (0.0, 0.0))
    await hooked.endpoint()
    await hooked.happens(ring())
    write, calls = hooked.house.units.write, 0

    async def away(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls in {2, 3}:
            raise ConnectionError
        return await write(*args)

    monkeypatch.setattr(hooked.house.units, "write", away)
    await hooked.rounds()
    assert await hooked.states() == {"call.started": "delivered"}
    assert len(hooked.apps.sent) == 1
