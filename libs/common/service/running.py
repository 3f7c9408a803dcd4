"""A service at work: its connections, and the order in which they start and stop."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

import structlog

from libs.common import web
from libs.common.bus import (
    Breaker,
    Consumer,
    Dispatch,
    Guard,
    Letters,
    Parking,
    Producer,
    Unavailable,
    lag,
    topics,
)
from libs.common.bus.parking import TOPIC_END
from libs.common.erased import Erased
from libs.common.events import AuditNoted, Envelope, Event
from libs.common.keys import PLATFORM, Keys
from libs.common.mongo import Forwarder, Mongo, Outbox, TenantScope, Units
from libs.common.principal import Verifier
from libs.common.service import dead, orders, sweeping, tenancy
from libs.common.service.declared import Service
from libs.common.service.following import follower, showing
from libs.common.service.orders import OrderReader
from libs.common.service.taking import Taking
from libs.common.service.tenancy import TenantReader
from libs.common.tenants import Tenants

S = TypeVar("S")

DRAIN_SECONDS = 10.0
JOBS_SECONDS = 25.0  # less than the consumer may take, which stops beside them
VERSION = "1"

log = structlog.get_logger()


class Running(Generic[S]):
    """The parts of one process, put together from the declaration."""

    _lasting: Sequence[asyncio.Task[None]] = ()

    def __init__(self, service: Service[S]) -> None:
        settings = self.settings = service.settings
        self.service = service
        self.tenants = Tenants()
        self.keys = Keys(settings.keys_file)
        self.verifier = Verifier(settings.jwks_file, audience=service.name)
        self.mongo = Mongo(settings.mongo_url, service.name, service.entities, service.shared)
        given = {**service.topics_out(), AuditNoted.TYPE: AuditNoted.TOPIC}
        self.producer = Producer(settings.kafka, service.name, given)
        self.outbox = Outbox(self.mongo, self.producer.publish, service.topics_out())
        self.trail = Forwarder(service.name, self.mongo, self.producer.append)
        self.units: Units[S] = Units(
            service.name,
            self.mongo,
            lambda scope: service.store(scope, self.keys),
            self.outbox,
            self.trail.wake,
        )
        self.scoped: Units[TenantScope] = Units(
            service.name, self.mongo, lambda scope: scope, self.outbox, self.trail.wake
        )
        self.stopping = asyncio.Event()
        self._guard = Guard(Erased())
        self._dispatch = Dispatch(
            service.consumes, self.units, self.tenants, self._guard, service.heeds
        )
        self.letters = Letters(self.mongo, self.keys, self._dispatch.take)
        self._breaker = Breaker()
        parking = Parking(service.name, self.mongo, self.producer, self.keys)
        self._taking = Taking(self._dispatch, parking, self._breaker)
        self._consumer: Consumer | None = None
        self._tenant_reader = TenantReader(service, self.mongo, self.tenants)
        self.tenants_read = self._tenant_reader.caught_up
        self._order_reader = OrderReader(service, self.mongo, self._guard, self._dispatch)
        self.orders_obeyed = self._order_reader.obeyed
        self._store_ready = False

    async def run(self) -> None:
        """Starts, serves until `stopping` is set, and stops in order.

        Kafka and MongoDB may come later than this process. Raises MissingTopics.
        """
        try:
            await self._run()
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        finally:
            self.mongo.close()

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            background = [
                tasks.create_task(topics.wait_for(self.settings.kafka, self._topics())),
                tasks.create_task(self._tenant_reader.run()),
                tasks.create_task(self._order_reader.run()),
                tasks.create_task(self.outbox.relay()),
                tasks.create_task(self._open_store()),
                tasks.create_task(self.trail.run()),
                tasks.create_task(self.letters.watch()),
                tasks.create_task(self._watch_lag()),
                *(tasks.create_task(self._job(job)) for job in self.service.jobs),
            ]
            settling = (*self.service.ending, *sweeping.jobs(self.service))
            ending = [tasks.create_task(self._job(job)) for job in settling]
            self._lasting = [*ending, *background]
            await web.serve(*self._servers(), stop=self.stopping)
            await self._stop(ending)
            for task in self._lasting:
                task.cancel()

    async def _watch_lag(self) -> None:
        if taken := self.service.topics_in():
            await lag.watch(self.settings.kafka, self.service.name, taken)

    def _topics(self) -> set[str]:
        """All that it needs, and so the one for dead letters: without it nothing can be parked.

        Every service may note what it does.
        """
        taken, given = self.service.topics_in(), self.service.topics_out().values()
        own = [f"{self.service.name}{TOPIC_END}"] if taken else []
        return {*taken, *given, tenancy.TOPIC, orders.TOPIC, AuditNoted.TOPIC, *own}

    async def follow(
        self, kinds: Sequence[type[Event]], see: Callable[[Envelope], Awaitable[None]]
    ) -> None:
        """Shows every event of these types to this process, the last five minutes first.

        Not what is about people who were erased since.
        """
        seen = showing(kinds, see, self._guard)
        await follower(self.settings.kafka, self.service.name, kinds, seen).run()

    def live(self) -> list[str]:
        """Why the process should be restarted; empty while it is well."""
        stuck = self._consumer.stuck() if self._consumer else []
        if self.stopping.is_set():
            return stuck
        gone: list[Any] = [task.get_coro() for task in self._lasting if task.cancelled()]
        return [*stuck, *(f"{part.__qualname__} was cut off" for part in gone)]

    async def ready(self) -> list[str]:
        """Why it should get no requests; empty while it can answer them."""
        reasons = self.service.trouble()
        if not self.tenants_read.is_set():
            reasons.append("tenants are not read yet")
        if self.service.needs_store and not self.orders_obeyed.is_set():
            reasons.append("orders about people are not all done yet")
        if self.stopping.is_set():
            reasons.append("stopping")
        if self.service.needs_store:
            reasons += await self._store_reasons()
        return reasons

    async def _store_reasons(self) -> list[str]:
        try:
            await self.mongo.ping()
        except Exception as error:  # noqa: BLE001 - whatever it is, the store does not answer
            return [f"MongoDB does not answer ({type(error).__name__})"]
        if not self._store_ready:
            return ["collections are being made"]
        if not self.service.consumes:
            return []
        return self._consumer.waiting() if self._consumer else ["the consumer has not started"]

    async def _open_store(self) -> None:
        """Makes the collections, waits for the tenants, obeys orders, joins the consumer group."""
        while not self._store_ready:
            try:
                await self.mongo.start()
                if self.service.serves_platform:
                    await self.mongo.open_tenant(PLATFORM)
                self._store_ready = True
            except Exception as error:  # noqa: BLE001 - MongoDB may come later than we do
                log.warning("store.waits", error=type(error).__name__)
                await asyncio.sleep(1.0)
        await self.tenants_read.wait()
        await self._order_reader.obey()
        if self.service.consumes:
            await self._join()
        log.info("service.ready", tenants=len(self.tenants))
        gc.collect()
        gc.freeze()

    async def _join(self) -> None:
        """Kafka may be away just now, and HTTP is served without it."""
        url, name, places = self.settings.kafka, self.service.name, self.service.topics_in()
        while True:
            self._consumer = Consumer(url, name, places, self._taking.one, self._breaker.is_open)
            self._consumer.portions(self._dispatch.together, self._taking.several)
            try:
                return await self._consumer.start()
            except Unavailable as error:
                log.warning("consumer.waits", error=str(error))
                await asyncio.sleep(1.0)

    async def _job(self, job: Any) -> None:
        await self._begun().wait()
        await job(self)

    def _begun(self) -> asyncio.Event:
        """From when on jobs run: before it they could use what is to be erased."""
        return self.orders_obeyed if self.service.needs_store else self.tenants_read

    def _servers(self) -> list[tuple[Any, str, int]]:
        tools = (dead.router,) if self.service.consumes else ()
        routers = (*self.service.routers, *tools)
        app = web.create_app(self.service.name, routers, version=VERSION)
        app.state.running = self
        app.state.verifier = self.verifier
        front = self.service.door(self, app) if self.service.door else app
        admin = web.create_admin(self.service.name, self.live, self.ready)
        host = self.settings.host
        return [(front, host, self.settings.port), (admin, host, self.settings.admin_port)]

    async def _stop(self, jobs: Sequence[asyncio.Task[None]]) -> None:
        """Ends what may still emit, then sends what was emitted."""
        await asyncio.gather(self._leave(), self._see_out(jobs))
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self.outbox.drained()
                await self.trail.drained()
                await self.trail.release()
        except Exception as error:  # noqa: BLE001 - the rows are there for the next process
            log.warning("outbox.left_over", error=type(error).__name__)
        await self.producer.stop()

    async def _leave(self) -> None:
        if self._consumer:
            await self._consumer.stop()

    async def _see_out(self, jobs: Sequence[asyncio.Task[None]]) -> None:
        """Waits for jobs that end by themselves, within a limit; then they are cut off."""
        if not jobs or not self._begun().is_set():
            return  # none of them has begun
        _, late = await asyncio.wait(jobs, timeout=JOBS_SECONDS)
        for job in late:
            job.cancel()
        if late:
            log.error("jobs.stop_late", jobs=len(late), seconds=JOBS_SECONDS)
