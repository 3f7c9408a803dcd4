"""What a service is, as its `app.py` writes it down."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi import APIRouter, FastAPI

from libs.common.bus import Consumes, Heeds
from libs.common.events import Event
from libs.common.keys import Keys
from libs.common.mongo import Entity, TenantScope
from libs.common.settings import Settings

S = TypeVar("S")

# Given the Running; not said here, so that the declaration does not depend on how it is run.
Job = Callable[[Any], Awaitable[None]]
Door = Callable[[Any, FastAPI], Any]


@dataclass(frozen=True)
class Service(Generic[S]):
    """The whole of a service: what it takes, gives, keeps and serves.

    `name` is its folder, database, consumer group, client id and `service.name`.
    `consumes` pairs event types with handlers; `store` makes the store for one scope.
    `entities` are kept per tenant, `shared` for the service as a whole.
    `jobs` run beside it and are cancelled after all else. `ending` are jobs that end by themselves
    once it is stopping, and are given time to settle what they have in hand. `door` may put an
    endpoint of its own before the app.
    `heeds` says of an event whether it concerns the service at all: one that does not is let go
    before any work. `serves_platform`: it keeps documents of the platform itself, as of a tenant.
    `needs_store` is False where the HTTP side must work while MongoDB is away. `trouble` gives
    reasons of its own for not being ready.
    """

    name: str
    settings: Settings
    store: Callable[[TenantScope, Keys], S]
    consumes: Consumes = ()
    emits: tuple[type[Event], ...] = ()
    entities: tuple[Entity, ...] = ()
    shared: tuple[Entity, ...] = ()
    routers: tuple[APIRouter, ...] = ()
    jobs: tuple[Job, ...] = ()
    ending: tuple[Job, ...] = ()
    door: Door | None = None
    heeds: Heeds | None = None
    needs_store: bool = True
    serves_platform: bool = False
    trouble: Callable[[], list[str]] = list

    def topics_in(self) -> tuple[str, ...]:
        """The topics that its consumer group reads."""
        return tuple(sorted({kind.TOPIC for kind, _ in self.consumes}))

    def topics_out(self) -> dict[str, str]:
        """Event type to topic, for what it emits."""
        return {kind.TYPE: kind.TOPIC for kind in self.emits}
