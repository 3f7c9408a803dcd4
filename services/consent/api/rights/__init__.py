"""HTTP in: what people ask of their data."""

from services.consent.api.rights import deciding, proving, requests

ROUTERS = (requests.router, proving.router, deciding.router)

__all__ = ["ROUTERS"]
