"""The endpoints of one agency; their secrets lie sealed with its key."""

from libs.common.keys import Keys
from libs.common.mongo import Document, Entity, TenantScope
from services.gateway.domain.hooks.endpoint import Endpoint, Secret

WEBHOOKS = Entity(
    "webhooks",
    {
        "url": ("string",),
        "events": ("array",),
        "secrets": ("array",),
        "created_at": ("date",),
        "disabled": ("string", "null"),
        "disabled_at": ("date", "null"),
        "failing_since": ("date", "null"),
    },
    ("url", "events", "secrets", "created_at"),
    plain=("_id", "url", "events", "secrets", "disabled"),
)
_FIELD = "webhook.secret"


class Webhooks:
    """They are few: an event asks for all of them."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self._tenant = scope.tenant
        self._keys = keys
        self._rows = scope.collection(WEBHOOKS.name)

    def seal(self, secret: str) -> bytes:
        """A secret as it is kept."""
        return self._keys.seal(self._tenant, _FIELD, secret.encode())

    def open(self, secret: Secret) -> str:
        """The secret itself. Raises SealBroken, NoKeyError."""
        return self._keys.unseal(self._tenant, _FIELD, secret.sealed).decode()

    async def all(self) -> list[Endpoint]:
        """All of them, the oldest first."""
        rows = await self._rows.list({}, sort=[("created_at", 1), ("_id", 1)])
        return [_endpoint(row) for row in rows]

    async def get(self, webhook: str) -> Endpoint | None:
        """The endpoint with this id."""
        row = await self._rows.get({"_id": webhook})
        return _endpoint(row) if row else None

    async def put(self, endpoint: Endpoint) -> None:
        """Writes all of it."""
        await self._rows.put(_document(endpoint))

    async def remove(self, webhook: str) -> bool:
        """Takes it away; says whether it was there."""
        return await self._rows.remove({"_id": webhook}) == 1


def _document(endpoint: Endpoint) -> Document:
    secrets = [{"sealed": one.sealed, "until": one.until} for one in endpoint.secrets]
    return {
        "_id": endpoint.id,
        "url": endpoint.url,
        "events": list(endpoint.events),
        "secrets": secrets,
        "created_at": endpoint.created_at,
        "disabled": endpoint.disabled,
        "disabled_at": endpoint.disabled_at,
        "failing_since": endpoint.failing_since,
    }


def _endpoint(row: Document) -> Endpoint:
    return Endpoint(
        id=row["_id"],
        url=row["url"],
        events=tuple(row["events"]),
        secrets=tuple(Secret(bytes(one["sealed"]), one["until"]) for one in row["secrets"]),
        created_at=row["created_at"],
        disabled=row.get("disabled"),
        disabled_at=row.get("disabled_at"),
        failing_since=row.get("failing_since"),
    )
