"""Keys of agency apps; the server lets go of those that have been over for some time."""

from datetime import datetime

from libs.common.events.personal import SIGN_IN, USER, Personal
from libs.common.mongo import Document, Entity, Index, TenantScope
from services.gateway.domain.key import Key, KeyScope

SHOWN_SECONDS = 90 * 86_400
"""How long one that was revoked, or has expired, is still on the list."""
MOST_SHOWN = 200

KEYS = Entity(
    "keys",
    {
        "tenant": ("string",),
        "name": ("string",),
        "scopes": ("array",),
        "digest": ("string",),
        "created_at": ("date",),
        "created_by": ("string",),
        "expires_at": ("date", "null"),
        "used_at": ("date", "null"),
        "revoked_at": ("date", "null"),
        "over_at": ("date", "null"),
    },
    ("tenant", "name", "scopes", "digest", "created_at", "created_by"),
    (
        Index((("tenant", 1), ("created_at", -1))),
        Index((("over_at", 1),), ttl=SHOWN_SECONDS),
    ),
    personal={
        "name": Personal("account", SIGN_IN),
        "created_by": USER.to(SIGN_IN),
    },
    plain=("_id", "tenant", "scopes", "digest"),
)


class ApiKeys:
    """Any key: for those who come with one, when the tenant is not known yet."""

    def __init__(self, scope: TenantScope) -> None:
        self._keys = scope.shared("keys")

    async def get(self, key: str) -> Key | None:
        """The key with this id, which may be over."""
        found = await self._keys.get({"_id": key})
        return _key(found) if found else None

    async def note(self, key: str, now: datetime) -> None:
        """Writes down that it was used."""
        await self._keys.update({"_id": key}, {"$set": {"used_at": now}})


class AgencyKeys:
    """The keys of the scope's own tenant, and no other."""

    def __init__(self, scope: TenantScope) -> None:
        self._tenant = scope.tenant
        self._keys = scope.shared("keys")

    async def all(self) -> list[Key]:
        """The newest first, `MOST_SHOWN` at the most."""
        found = await self._keys.list(
            {"tenant": self._tenant}, sort=[("created_at", -1), ("_id", -1)], limit=MOST_SHOWN
        )
        return [_key(document) for document in found]

    async def good(self, now: datetime) -> list[Key]:
        """Those that are not over."""
        lasting = {"$or": [{"over_at": None}, {"over_at": {"$gt": now}}]}
        found = await self._keys.list({"tenant": self._tenant, **lasting})
        return [_key(document) for document in found]

    async def get(self, key: str) -> Key | None:
        """The key with this id, if it is one of the tenant's."""
        found = await self._keys.get({"_id": key, "tenant": self._tenant})
        return _key(found) if found else None

    async def add(self, key: Key) -> None:
        """Adds one of the tenant's."""
        await self._keys.insert({**_document(key), "tenant": self._tenant})

    async def revoke(self, key: str, now: datetime) -> bool:
        """Ends one of the tenant's; says whether it went on until now."""
        return await self._keys.update(
            {"_id": key, "tenant": self._tenant, "revoked_at": None},
            {"$set": {"revoked_at": now, "over_at": now}},
        )


def _document(key: Key) -> Document:
    return {
        "_id": key.id,
        "tenant": key.tenant,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "digest": key.digest,
        "created_at": key.created_at,
        "created_by": key.created_by,
        "expires_at": key.expires_at,
        "used_at": key.used_at,
        "revoked_at": key.revoked_at,
        "over_at": key.revoked_at or key.expires_at,
    }


def _key(document: Document) -> Key:
    """A scope that keys can no longer have is not one of this key either."""
    return Key(
        id=document["_id"],
        tenant=document["tenant"],
        name=document["name"],
        scopes=frozenset(scope for scope in KeyScope if scope in document["scopes"]),
        digest=document["digest"],
        created_at=document["created_at"],
        created_by=document["created_by"],
        expires_at=document["expires_at"],
        used_at=document["used_at"],
        revoked_at=document["revoked_at"],
    )
