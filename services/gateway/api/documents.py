"""The OpenAPI documents of the services behind."""

import asyncio
from typing import Any

from services.gateway.clients import Away, Services

FRESH_SECONDS = 60.0


class Documents:
    """What each service said of itself last."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: dict[str, tuple[float, dict[str, Any]]] = {}

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
