"""Links to set a new password with, by the SHA-256 of their token."""

from libs.common.events.personal import SIGN_IN, USER
from libs.common.mongo import Entity, Index, TenantScope
from services.gateway.domain.reset import Reset

RESETS = Entity(
    "resets",
    {
        "tenant": ("string",),
        "account": ("string",),
        "expires_at": ("date",),
        "by": ("string", "null"),
    },
    ("tenant", "account", "expires_at"),
    (Index((("expires_at", 1),), ttl=0), Index((("account", 1),))),
    personal={
        "account": USER.to(SIGN_IN),
        "by": USER.to(SIGN_IN),
    },
    plain=("_id", "tenant"),
)


class Resets:
    """Those that nobody has used yet."""

    def __init__(self, scope: TenantScope) -> None:
        self._resets = scope.shared("resets")

    async def put(self, reset: Reset) -> None:
        """Keeps one; it takes the place of earlier ones of the same account."""
        await self.void(reset.account)
        await self._resets.insert(
            {
                "_id": reset.id,
                "tenant": reset.tenant,
                "account": reset.account,
                "expires_at": reset.expires_at,
                "by": reset.by,
            }
        )

    async def get(self, reset: str) -> Reset | None:
        """The link, which may have expired."""
        found = await self._resets.get({"_id": reset})
        if found is None:
            return None
        made = found["_id"], found["tenant"], found["account"], found["expires_at"]
        return Reset(*made, found.get("by"))

    async def use_up(self, reset: str) -> bool:
        """Takes it away; says whether it was still there."""
        return await self._resets.remove({"_id": reset}) == 1

    async def void(self, account: str) -> None:
        """Takes away those of an account."""
        await self._resets.remove({"account": account})

    async def void_of(self, tenant: str, by: str) -> None:
        """Takes away those of a tenant that somebody made."""
        await self._resets.remove({"tenant": tenant, "by": by})
