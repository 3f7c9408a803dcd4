"""HTTP in: what people ask of their data."""

from services.consent.api.rights import deciding, handing, proving, requests

ROUTERS = (requests.router, proving.router, deciding.router, handing.router)

__all__ = ["ROUTERS"]
