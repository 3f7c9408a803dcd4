"""The tenants: this service is where they are written."""

from libs.common.events import TenantSaved
from libs.common.mongo import Document, DuplicateKeyError, Entity, Index, TenantScope
from services.gateway.domain.assignment import Kind
from services.gateway.domain.tenant import TenantExists

TENANTS = Entity(
    "tenants",
    {
        "version": ("int", "long"),
        "name": ("string",),
        "profile": ("string",),
        "region": ("string",),
        "language": ("string",),
        "timezone": ("string",),
        "numbers": ("array",),
        "connections": ("array",),
        "messaging_profiles": ("array",),
    },
    ("version", "name", "profile", "region", "language", "timezone"),
    (
        Index((("numbers.value", 1),)),
        Index((("connections.value", 1),)),
        Index((("messaging_profiles.value", 1),)),
    ),
    plain=(
        "_id",
        "name",
        "profile",
        "region",
        "language",
        "timezone",
        "numbers",
        "connections",
        "messaging_profiles",
    ),
)


class TenantRecords:
    """The whole state of each tenant, as its event tells it."""

    def __init__(self, scope: TenantScope) -> None:
        self._tenants = scope.shared("tenants")

    async def add(self, tenant: TenantSaved) -> None:
        """Adds a tenant. Raises TenantExists."""
        try:
            await self._tenants.insert(_document(tenant))
        except DuplicateKeyError:
            raise TenantExists("there is a tenant with this id") from None

    async def save(self, tenant: TenantSaved) -> None:
        """Writes its new state."""
        await self._tenants.put(_document(tenant))

    async def get(self, tenant: str) -> TenantSaved | None:
        """The tenant with this id."""
        found = await self._tenants.get({"_id": tenant})
        return _tenant(found) if found else None

    async def all(self) -> list[TenantSaved]:
        """All tenants, by id."""
        return [_tenant(document) for document in await self._tenants.list({}, sort=[("_id", 1)])]

    async def holding(self, kind: Kind, value: str) -> list[TenantSaved]:
        """The tenants whose this number, connection or profile is, was or will be."""
        found = await self._tenants.list({f"{kind}.value": value}, sort=[("_id", 1)])
        return [_tenant(document) for document in found]


def _document(tenant: TenantSaved) -> Document:
    document = tenant.model_dump()
    return {"_id": document.pop("tenant"), **document}


def _tenant(document: Document) -> TenantSaved:
    return TenantSaved.model_validate({"tenant": document["_id"], **document})
