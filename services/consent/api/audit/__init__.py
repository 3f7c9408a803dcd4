"""The trail as an agency reads it, and what somebody else needs to prove it."""

from services.consent.api.audit import bundle, checkpoints, entries, proofs

ROUTERS = (entries.router, checkpoints.router, proofs.router, bundle.router)

__all__ = ["ROUTERS"]
