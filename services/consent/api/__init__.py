"""HTTP in: what people allow, one at a time and by file; what was done, and what is promised."""

from services.consent.api import audit, imports, ledger, proof

ROUTERS = (ledger.router, imports.router, proof.router, *audit.ROUTERS)

__all__ = ["ROUTERS"]
