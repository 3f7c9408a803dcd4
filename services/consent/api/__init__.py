"""HTTP in: what people allow, one at a time and by file."""

from services.consent.api import imports, ledger

ROUTERS = (ledger.router, imports.router)

__all__ = ["ROUTERS"]
