"""The OpenAPI documents of the services behind, and the one that is made of them."""

import asyncio
from typing import Any

from fastapi.responses import JSONResponse

from services.gateway.clients import Away, Services
from services.gateway.domain.openapi import merge
from services.gateway.domain.permissions import listed

FRESH_SECONDS = 60.0


class Documents:
    """What each service said of itself last."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: dict[str, tuple[float, dict[str, Any]]] = {}
        self._parts: dict[str, dict[str, Any]] = {}
        self._merged = b""

    async def of(self, service: str) -> dict[str, Any]:
        """Its document, asked for once a minute; the last known one while it is away."""
        now = asyncio.get_running_loop().time()
        known = self._known.get(service)
        if known and now - known[0] < FRESH_SECONDS:
            return known[1]
        try:
            document = await self._services.document(service)
        except Away:
            if known is None:
                raise
            return known[1]
        self._known[service] = (now, document)
        return document

    def merged(self, parts: dict[str, dict[str, Any]], cookie: str) -> bytes:
        """All of them as one, in JSON; made again when one of them is another than it was."""
        if parts != self._parts:
            self._merged = bytes(JSONResponse(merge(parts, listed, cookie)).body)
            self._parts = parts
        return self._merged
