"""HTTP in: what people allow and ask of their data; what was done, and what is promised."""

from services.consent.api import audit, imports, ledger, proof, retention, rights, scans

ROUTERS = (
    ledger.router,
    imports.router,
    *rights.ROUTERS,
    retention.router,
    proof.router,
    *audit.ROUTERS,
    scans.router,
)

__all__ = ["ROUTERS"]
