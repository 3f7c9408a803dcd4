"""Sign-ins, by the SHA-256 of what the cookie holds; the server lets go of those that ended."""

from datetime import datetime

from libs.common.events.personal import SIGN_IN, USER, Personal
from libs.common.mongo import Document, Entity, Index, TenantScope
from services.gateway.domain.session import Session

SESSIONS = Entity(
    "sessions",
    {
        "account": ("string",),
        "tenant": ("string",),
        "started_at": ("date",),
        "seen_at": ("date",),
        "ends_at": ("date",),
    },
    ("account", "tenant", "started_at", "seen_at", "ends_at"),
    (Index((("ends_at", 1),), ttl=0), Index((("account", 1),))),
    personal={
        "_id": Personal("account", SIGN_IN, "hashed"),
        "account": USER.to(SIGN_IN),
    },
    plain=("tenant",),
)


class Sessions:
    """All sign-ins, whatever their tenant."""

    def __init__(self, scope: TenantScope) -> None:
        self._sessions = scope.shared("sessions")

    async def add(self, session: Session) -> None:
        """Begins one."""
        await self._sessions.insert(
            {
                "_id": session.id,
                "account": session.account,
                "tenant": session.tenant,
                "started_at": session.started_at,
                "seen_at": session.seen_at,
                "ends_at": session.ends_at,
            }
        )

    async def get(self, session: str) -> Session | None:
        """The sign-in, which may have ended."""
        found = await self._sessions.get({"_id": session})
        return _session(found) if found else None

    async def note(self, session: Session, now: datetime) -> None:
        """Writes down that it was used; one that was removed stays removed."""
        seen = session.seen(now)
        await self._sessions.update(
            {"_id": session.id}, {"$set": {"seen_at": seen.seen_at, "ends_at": seen.ends_at}}
        )

    async def end(self, session: str) -> None:
        """Ends one."""
        await self._sessions.remove({"_id": session})

    async def end_all(self, account: str) -> int:
        """Ends all of an account and says how many."""
        return await self._sessions.remove({"account": account})


def _session(document: Document) -> Session:
    return Session(
        id=document["_id"],
        account=document["account"],
        tenant=document["tenant"],
        started_at=document["started_at"],
        seen_at=document["seen_at"],
    )
