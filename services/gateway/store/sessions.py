"""Sign-ins, by the SHA-256 of what the cookie holds; the server lets go of those that ended."""

from datetime import datetime

from libs.common.events.personal import SIGN_IN, USER, Personal
from libs.common.mongo import Document, Entity, Index, TenantScope
from services.gateway.domain.browser import read
from services.gateway.domain.session import Session

SESSIONS = Entity(
    "sessions",
    {
        "account": ("string",),
        "tenant": ("string",),
        "started_at": ("date",),
        "seen_at": ("date",),
        "ends_at": ("date",),
        "public": ("string",),
        "device": ("string",),
    },
    ("account", "tenant", "started_at", "seen_at", "ends_at"),
    (
        Index((("ends_at", 1),), ttl=0),
        Index((("account", 1),)),
        Index((("tenant", 1), ("public", 1))),
    ),
    personal={
        "_id": Personal("account", SIGN_IN, "hashed"),
        "account": USER.to(SIGN_IN),
        "device": Personal("account", SIGN_IN),
    },
    plain=("tenant", "public"),
)


class Sessions:
    """All sign-ins, whatever their tenant."""

    def __init__(self, scope: TenantScope) -> None:
        self._sessions = scope.shared("sessions")

    async def add(self, session: Session) -> None:
        """Begins one."""
        await self._sessions.insert(_document(session))

    async def get(self, session: str) -> Session | None:
        """The sign-in, which may have ended."""
        found = await self._sessions.get({"_id": session})
        return _session(found) if found else None

    async def find(self, tenant: str, name: str) -> Session | None:
        """The tenant's sign-in of this name; those without one of their own are few, and go."""
        nameless = await self._sessions.list({"tenant": tenant, "public": None})
        named = await self._sessions.get({"tenant": tenant, "public": name})
        found = map(_session, [*nameless, *([named] if named else [])])
        return next((session for session in found if session.name == name), None)

    async def of(self, account: str) -> list[Session]:
        """All of an account, the newest first; some may have ended."""
        found = await self._sessions.list({"account": account}, sort=[("started_at", -1)])
        return [_session(document) for document in found]

    async def within(self, tenant: str) -> list[Session]:
        """All of a tenant's users, in no order; some may have ended."""
        return [_session(document) for document in await self._sessions.list({"tenant": tenant})]

    async def note(self, session: Session, now: datetime) -> None:
        """Writes down that it was used; one that was removed stays removed."""
        seen = session.seen(now)
        await self._sessions.update(
            {"_id": session.id}, {"$set": {"seen_at": seen.seen_at, "ends_at": seen.ends_at}}
        )

    async def end(self, session: str) -> None:
        """Ends one."""
        await self._sessions.remove({"_id": session})

    async def end_all(self, account: str, *, but: str | None = None) -> int:
        """Ends all of an account, or all but one, and says how many."""
        return await self._sessions.remove({"account": account, "_id": {"$ne": but}})


def _document(session: Session) -> Document:
    document = {
        "_id": session.id,
        "account": session.account,
        "tenant": session.tenant,
        "started_at": session.started_at,
        "seen_at": session.seen_at,
        "ends_at": session.ends_at,
        "public": session.public,
        "device": session.device,
    }
    return {name: value for name, value in document.items() if value is not None}


def _session(document: Document) -> Session:
    return Session(
        id=document["_id"],
        account=document["account"],
        tenant=document["tenant"],
        started_at=document["started_at"],
        seen_at=document["seen_at"],
        public=document.get("public"),
        device=read(document.get("device")),
    )
