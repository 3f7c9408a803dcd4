"""Who listens to which tenant's events. A listener hears one tenant, named when it joins."""

from collections.abc import Callable
from datetime import datetime

from services.gateway.domain.memory import Memory
from services.gateway.domain.moment import Moment

# Gets each event as it comes, and None when the stream is over. It must not wait.
Listener = Callable[[Moment | None], None]


class Live:
    """The memories of all tenants, and the listeners to each."""

    def __init__(self) -> None:
        self._memories: dict[str, Memory] = {}
        self._listeners: dict[str, list[Listener]] = {}
        self._closed = False

    def put(self, tenant: str, moment: Moment, now: datetime) -> None:
        """Remembers an event of the tenant and tells those who listen to it; once per event."""
        if self._memories.setdefault(tenant, Memory()).put(moment, now):
            for listener in list(self._listeners.get(tenant, ())):
                listener(moment)

    def join(self, tenant: str, listener: Listener) -> Memory:
        """Listens from now on; the memory tells what came before."""
        self._listeners.setdefault(tenant, []).append(listener)
        if self._closed:
            listener(None)
        return self._memories.get(tenant) or Memory()

    def leave(self, tenant: str, listener: Listener) -> None:
        """Listens no more."""
        listeners = self._listeners.get(tenant, [])
        if listener in listeners:
            listeners.remove(listener)
        if not listeners:
            self._listeners.pop(tenant, None)

    def forget(self, now: datetime) -> None:
        """Lets go of what is too old, in every tenant."""
        for tenant, memory in list(self._memories.items()):
            memory.forget(now)
            if not len(memory):
                del self._memories[tenant]

    def erase(self, tenant: str, subject: str) -> None:
        """Lets go of what is remembered of a person; screens keep what they show."""
        memory = self._memories.get(tenant)
        if memory is not None:
            memory.erase(subject)

    def remove(self, tenant: str, customer_id: str, until: datetime, now: datetime) -> None:
        """Lets go of what is remembered of a customer whose record was removed, drawn `until`."""
        self._memories.setdefault(tenant, Memory()).remove(customer_id, until, now)

    def restrict(self, tenant: str, subject: str, now: datetime) -> None:
        """Lets go of who a person may be, and of their cards; pages do so by `consent.changed`."""
        self._memories.setdefault(tenant, Memory()).restrict(subject, now)

    def release(self, tenant: str, subject: str) -> None:
        """The person's data may be used again."""
        memory = self._memories.get(tenant)
        if memory is not None:
            memory.release(subject)

    def close(self) -> None:
        """Ends every stream, and those that come yet."""
        self._closed = True
        for listener in [each for group in self._listeners.values() for each in group]:
            listener(None)

    def listening(self) -> int:
        """How many listen."""
        return sum(map(len, self._listeners.values()))
