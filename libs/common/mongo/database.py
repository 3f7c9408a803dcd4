"""A service's database: its tenants' collections, and the few that are the service's own."""

from typing import Any, TypeVar

from pymongo.errors import DuplicateKeyError

from libs.common.events.personal import CARRY, SUBJECT, USER, Personal
from libs.common.mongo import transaction
from libs.common.mongo.client import connect
from libs.common.mongo.lease import LEASES
from libs.common.mongo.schema import Entity, Index, drop, prepare
from libs.common.mongo.scope import Collection, TenantScope, shared
from libs.common.mongo.trail import NUMBERS, TRAIL

T = TypeVar("T")

INBOX_DAYS = 30
PARKED_DAYS = 7  # as long as the topics keep what it came from: an erasure reaches no sealed bytes
_DAY = 86_400

INBOX = Entity(
    "inbox",
    {"at": ("date",)},
    ("at",),
    (Index((("at", 1),), ttl=INBOX_DAYS * _DAY),),
    plain=("_id",),
)
OUTBOX = Entity(
    "outbox",
    {
        "topic": ("string",),
        "key": ("binData",),
        "value": ("binData",),
        "at": ("date",),
        "order": ("long", "int"),
        "traceparent": ("string", "null"),
    },
    ("topic", "key", "value", "at", "order"),
    (Index((("at", 1),)),),
    personal={
        "key": SUBJECT.to(CARRY),
        "value": Personal("content", CARRY),
    },
    plain=("_id", "topic", "traceparent"),
)
PARKED = Entity(
    "parked",
    {
        "topic": ("string",),
        "tenant": ("string", "null"),
        "type": ("string", "null"),
        "reason": ("string",),
        "attempts": ("int", "long"),
        "at": ("date",),
        "sealed": ("binData",),
        "state": ("string",),
        "settled_at": ("date",),
        "settled_by": ("string",),
        "settled_for": ("string",),
    },
    ("topic", "reason", "attempts", "at", "sealed", "state"),
    (
        Index((("state", 1), ("at", -1), ("_id", -1))),
        Index((("at", 1),), ttl=PARKED_DAYS * _DAY),
    ),
    personal={
        "sealed": Personal("content", CARRY, "sealed"),
        "settled_by": USER.to(CARRY),
    },
    plain=("_id", "topic", "tenant", "type", "reason", "state", "settled_for"),
)
PLUMBING = (INBOX, OUTBOX, TRAIL, NUMBERS, LEASES, PARKED)


class _Handles(dict[str, Any]):
    """A database's collections by name, made once: the driver makes one for each asking, and the
    stores of a unit of work ask for a dozen.
    """

    def __init__(self, database: Any) -> None:
        self._database = database

    def __missing__(self, name: str) -> Any:
        return self.setdefault(name, self._database[name])


class Mongo:
    """One service's database. `own` are the service-wide entities it declares."""

    def __init__(
        self, url: str, service: str, entities: tuple[Entity, ...], own: tuple[Entity, ...] = ()
    ) -> None:
        self._client = connect(url, service)
        self._database = self._client[service]
        self._handles = _Handles(self._database)
        self._entities = entities
        self._own = PLUMBING + own

    async def start(self) -> None:
        """Makes the service-wide collections."""
        await prepare(self._database, self._own)

    async def ping(self) -> None:
        """Asks the server for a sign of life; raises where there is none."""
        await self._client.admin.command("ping")

    def close(self) -> None:
        """Ends all connections."""
        self._client.close()

    async def open_tenant(self, tenant: str) -> None:
        """Makes the tenant's collections; harmless when they are there."""
        await prepare(self._database, self._entities, f"__{self.scope(tenant).tenant}")

    async def close_tenant(self, tenant: str) -> None:
        """Drops the tenant's collections."""
        suffix = f"__{self.scope(tenant).tenant}"
        await drop(self._database, self._entities, suffix)
        for name in [name for name in self._handles if name.endswith(suffix)]:
            del self._handles[name]

    def scope(self, tenant: str, session: Any = None) -> TenantScope:
        """A tenant's scope. Called by `libs.common.service` alone."""
        return TenantScope(self._handles, tenant, session)

    def service_collection(self, name: str, session: Any = None) -> Collection:
        """A collection that is no tenant's, if it is one of those listed."""
        return shared(self._handles, name, session)

    async def transaction(self, body: transaction.Body[T]) -> T:
        """Runs the body in one transaction, again on a conflict: it may touch nothing outside."""
        return await transaction.run(self._client, body)


def is_double(error: DuplicateKeyError, collection: str) -> bool:
    """Whether it is this service-wide collection's `_id` that was there already."""
    message = str((error.details or {}).get("errmsg", ""))
    return f".{collection} index: _id_" in message
