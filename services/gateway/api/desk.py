"""What the operations of one process share."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from fastapi import Request

from libs.common.events import Note, TenantSaved
from libs.common.keys import PLATFORM
from libs.common.mongo import Work
from libs.common.service import Running
from services.gateway.api.documents import Documents
from services.gateway.api.passwords import Passwords
from services.gateway.api.rates import Rates
from services.gateway.clients import Services
from services.gateway.domain.live import Live
from services.gateway.domain.site import Site
from services.gateway.domain.streams import Streams
from services.gateway.domain.tries import Tries
from services.gateway.domain.usage import Waiting
from services.gateway.store import Store

T = TypeVar("T")


class Desk:
    """The store, the services behind, and the memory of this process."""

    def __init__(
        self,
        running: Running[Store],
        site: Site,
        services: Services,
        live: Live,
        waiting: Waiting,
    ) -> None:
        self.running = running
        self._platform = running.units.read(PLATFORM)  # each request reads its session from it
        self.site = site
        self.services = services
        self.documents = Documents(services)
        self.live = live
        self.waiting = waiting
        self.rates = Rates(site.quotas)
        self.streams = Streams(site.places)
        self.passwords = Passwords()
        self.tries = Tries()

    def store(self, tenant: str = PLATFORM) -> Store:
        """The store outside a transaction, in a tenant's scope or in the platform's own."""
        return self._platform if tenant == PLATFORM else self.running.units.read(tenant)

    async def write(
        self, body: Callable[[Store, Work], Awaitable[T]], tenant: TenantSaved | None = None
    ) -> T:
        """Runs a write, and what it emits, in one transaction in the same scopes."""
        scope = tenant or self.running.tenants.get(PLATFORM)
        return await self.running.units.write(scope, body)

    async def saw(self, tenant: str, actor: str, operation: str, what: str, **facts: int) -> None:
        """Puts on the tenant's record that personal data is shown to somebody, before it is."""
        told: dict[str, str | int | bool] = {"operation": operation, **facts}
        note = Note(action="access.read", actor=actor, object=what, facts=told)
        await self.running.units.note(tenant, note)


def desk_of(request: Request) -> Desk:
    """The desk of the application that got the request."""
    desk: Desk = request.app.state.desk
    return desk
