"""One agency at one service without its processes: what the service does to events, and no more."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any, Generic, TypeVar
from uuid import uuid4

from deploy.bench.stage import LINE, Stage, saved
from libs.common import clock
from libs.common.events import Envelope, enclose
from libs.common.events.base import Event
from libs.common.keys import Keys, create_tenant_keys
from libs.common.mongo import Entity, Mongo, Outbox, TenantScope, Units, Work

S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True)
class Kind(Generic[S]):
    """A service as its `app.py` composes it."""

    name: str
    entities: tuple[Entity, ...]
    shared: tuple[Entity, ...]
    emits: Sequence[type[Event]]
    store: Callable[[TenantScope, Keys], S]


class Agency(Generic[S]):
    """Its tenant and its units of work. Nothing is published: no relay runs here."""

    def __init__(self, kind: Kind[S], stage: Stage, database: str) -> None:
        self.tenant, self.database, self.files = f"{database}001", database, stage.files
        create_tenant_keys(stage.files.keys, self.tenant)
        self.keys, self.state = stage.keys, saved(self.tenant, LINE)
        self.mongo = Mongo(stage.mongo_url, database, kind.entities, kind.shared)
        topics = {fact.TYPE: fact.TOPIC for fact in kind.emits}
        outbox = Outbox(self.mongo, _published, topics)

        def store(scope: TenantScope) -> S:
            return kind.store(scope, self.keys)

        self.units = Units(kind.name, self.mongo, store, outbox)

    async def open(self) -> None:
        """Makes its collections, with validators and indexes."""
        await self.mongo.start()
        await self.mongo.open_tenant(self.tenant)

    @property
    def store(self) -> S:
        """Outside a transaction."""
        return self.units.read(self.tenant)

    def code(self, number: str) -> str:
        """The keyed code of a number."""
        return self.keys.code(self.tenant, number)

    async def take(
        self, fact: Event, handler: Callable[[Any, S, Work], Awaitable[None]]
    ) -> list[Event]:
        """Hands an event to a handler, in its transaction; gives what was emitted."""
        cause = enclose(fact, self.tenant, id=str(uuid4()), source="bench", time=clock.now())
        emitted: list[Event] = []

        async def body(store: S, work: Work) -> None:
            await handler(fact, store, work)
            emitted[:] = [event for _, event in work.emitted]

        await self.units.once(self.state, cause, handler.__name__, body)
        return emitted


async def timed(act: Awaitable[T]) -> tuple[float, T]:
    """How many milliseconds it takes, and what comes of it."""
    began = perf_counter()
    found = await act
    return (perf_counter() - began) * 1000, found


async def _published(_: Sequence[Envelope]) -> None:
    await asyncio.sleep(0)


@contextmanager
def later(by: timedelta, file: Path) -> Iterator[None]:
    """Time is that much later meanwhile."""
    file.write_text(str(by.total_seconds()))
    clock.follow(file)
    try:
        yield
    finally:
        clock.follow(None)
