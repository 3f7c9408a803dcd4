"""Who makes a request, and what they may reach: the store of their own tenant."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Request

from libs.common.events import Note, TenantSaved, actor_of
from libs.common.mongo import Units, Work
from libs.common.principal import OPERATOR, Principal
from libs.common.tenants import UnknownTenant
from libs.common.web import Problem, requires

S = TypeVar("S")
T = TypeVar("T")

DECIDE = "privacy:decide"
"""The scope of those who decide on requests of people; Agents have it not."""


class Caller(Generic[S]):
    """A verified principal at this service. `operation` is method and path template."""

    def __init__(
        self, principal: Principal, tenant: TenantSaved, units: Units[S], operation: str = ""
    ) -> None:
        self.principal = principal
        self.operation = operation
        self.tenant = tenant
        self.store: S = units.read(tenant.tenant)
        self._units = units

    @property
    def actor(self) -> str:
        """Who it is, as the audit names people."""
        user = self.principal.user
        return f"operator:{user}" if self.principal.role == OPERATOR else actor_of(user)

    @property
    def decides(self) -> bool:
        """Whether they decide what people ask of their data, and so may see what is restricted."""
        return DECIDE in self.principal.scopes

    async def saw(self, what: str, documents: int = 1, person: str | None = None) -> None:
        """Puts on record that the caller is answered personal data, before they are.

        `what` is the id of what was read, or the kind of a list; `person` the subject, where the
        answer is about one. A list without anything tells nothing of anybody.
        """
        if documents == 0:
            return
        facts: dict[str, str | int | bool] = {"operation": self.operation, "documents": documents}
        note = Note(action="access.read", actor=self.actor, person=person, object=what, facts=facts)
        await self.put_on_record(note)

    async def put_on_record(self, note: Note) -> None:
        """Notes what the caller is about to be shown; where that fails, they are not."""
        await self._units.note(self.tenant.tenant, note)

    async def write(self, body: Callable[[S, Work], Awaitable[T]]) -> T:
        """Runs a write, and what it emits, in one transaction."""
        return await self._units.write(self.tenant, body)

    async def apart(self, body: Callable[[S, Work], Awaitable[T]]) -> T:
        """Runs a large write in a transaction that it shares with no other."""
        return await self._units.apart(self.tenant, body)


def acting(scope: str) -> Any:
    """The dependency of an endpoint that needs this scope: gives the Caller."""

    async def caller(
        request: Request, principal: Annotated[Principal, Depends(requires(scope))]
    ) -> Caller[Any]:
        running = request.app.state.running
        if not running.orders_obeyed.is_set():
            raise _starting()
        try:
            tenant = running.tenants.get(principal.tenant)
        except UnknownTenant:
            raise _unknown(running.tenants_read.is_set()) from None
        operation = f"{request.method} {request.scope['route'].path}"
        return Caller(principal, tenant, running.units, operation)

    return Depends(caller)


def _unknown(read: bool) -> Problem:
    """A process that has just started may not know a tenant yet: that is no answer to stay with."""
    return Problem(404, "unknown_tenant", "There is no such tenant.") if read else _starting()


def _starting() -> Problem:
    again = {"Retry-After": "1"}
    return Problem(503, "starting", "The service is starting: ask again.", headers=again)


def operating(scope: str) -> Any:
    """The dependency of an endpoint for operators alone: gives the Caller."""

    async def operator(who: Annotated[Caller[Any], acting(scope)]) -> Caller[Any]:
        if who.principal.role != OPERATOR:  # it is no tenant's, whatever scopes a token carries
            raise Problem(403, "forbidden", "This is for operators.")
        return who

    return Depends(operator)
