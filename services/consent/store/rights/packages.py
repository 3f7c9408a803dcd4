"""Packages that wait to be fetched, sealed, in pieces that a document takes."""

from datetime import datetime

from libs.common.events.personal import ANSWER, SUBJECT, Personal
from libs.common.keys import Keys
from libs.common.mongo import Entity, Index, Kept, TenantScope
from services.consent.domain.rights.request import Request

PACKAGE_FIELD = "privacy.package"
"""What a package is bound to when it is sealed."""

PIECE = 4 * 1024 * 1024

PACKAGES = Entity(
    "packages",
    {
        "request": ("string",),
        "subject": ("string",),
        "index": ("int", "long"),
        "at": ("date",),
        "until": ("date",),
        "sealed": ("binData",),
    },
    ("request", "subject", "index", "at", "until", "sealed"),
    (
        Index((("request", 1), ("index", 1))),
        Index((("subject", 1),)),
        Index((("at", 1),)),
    ),
    person="subject",
    kept=(Kept("packages", "at"),),
    personal={
        "subject": SUBJECT.to(ANSWER),
        "sealed": Personal("content", ANSWER, "sealed"),
    },
    plain=("_id", "request"),
)


class Packages:
    """One tenant's. Nobody gets one after `until`, and a sweep takes it."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self._tenant = scope.tenant
        self._keys = keys
        self._rows = scope.collection("packages")

    async def put(self, request: Request, package: bytes, at: datetime, until: datetime) -> None:
        """Keeps the package of a request, in place of one before."""
        await self.forget(request.id)
        told = {"request": request.id, "subject": request.subject, "at": at, "until": until}
        for index, start in enumerate(range(0, len(package), PIECE)):
            sealed = self._keys.seal(self._tenant, PACKAGE_FIELD, package[start : start + PIECE])
            key = f"{request.id}/{index:04d}"
            await self._rows.insert({"_id": key, **told, "index": index, "sealed": sealed})

    async def get(self, request_id: str, now: datetime) -> bytes | None:
        """The package; None where there is none, or no more."""
        query = {"request": request_id, "until": {"$gt": now}}
        pieces = [
            self._keys.unseal(self._tenant, PACKAGE_FIELD, bytes(row["sealed"]))
            async for row in self._rows.stream(query, sort=[("index", 1)])
        ]
        return b"".join(pieces) or None

    async def forget(self, request_id: str) -> None:
        """Nobody may fetch it any more."""
        await self._rows.remove({"request": request_id})

    async def forget_person(self, subject: str) -> None:
        """The person is erased."""
        await self._rows.remove({"subject": subject})
