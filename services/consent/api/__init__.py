"""HTTP in: what people allow, one at a time and by file; the data map and the promises."""

from services.consent.api import imports, ledger, proof

ROUTERS = (ledger.router, imports.router, proof.router)

__all__ = ["ROUTERS"]
