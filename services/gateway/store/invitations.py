"""Invitations, by the SHA-256 of their token."""

from libs.common.events.personal import SIGN_IN, USER, Personal
from libs.common.mongo import Entity, Index, TenantScope
from services.gateway.domain.invitation import Invitation
from services.gateway.domain.roles import Role

INVITATIONS = Entity(
    "invitations",
    {
        "tenant": ("string",),
        "email": ("string",),
        "role": ("string",),
        "expires_at": ("date",),
        "by": ("string", "null"),
    },
    ("tenant", "email", "role", "expires_at"),
    (Index((("expires_at", 1),), ttl=0), Index((("tenant", 1), ("email", 1)))),
    personal={
        "email": Personal("account", SIGN_IN),
        "by": USER.to(SIGN_IN),
    },
    plain=("_id", "tenant", "role"),
)


class Invitations:
    """Those that nobody has accepted yet."""

    def __init__(self, scope: TenantScope) -> None:
        self._invitations = scope.shared("invitations")

    async def put(self, invitation: Invitation) -> None:
        """Keeps an invitation; it takes the place of earlier ones to the same person."""
        await self._invitations.remove({"tenant": invitation.tenant, "email": invitation.email})
        await self._invitations.insert(
            {
                "_id": invitation.id,
                "tenant": invitation.tenant,
                "email": invitation.email,
                "role": invitation.role.value,
                "expires_at": invitation.expires_at,
                "by": invitation.by,
            }
        )

    async def get(self, invitation: str) -> Invitation | None:
        """The invitation, which may have expired."""
        found = await self._invitations.get({"_id": invitation})
        if found is None:
            return None
        return Invitation(
            id=found["_id"],
            tenant=found["tenant"],
            email=found["email"],
            role=Role(found["role"]),
            expires_at=found["expires_at"],
            by=found.get("by"),
        )

    async def void_of(self, tenant: str, by: str) -> None:
        """Takes away those of a tenant that somebody made."""
        await self._invitations.remove({"tenant": tenant, "by": by})

    async def use_up(self, invitation: str) -> bool:
        """Takes it away; says whether it was still there."""
        return await self._invitations.remove({"_id": invitation}) == 1
