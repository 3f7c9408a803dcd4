"""Which services must have answered before a request is done with."""

from collections.abc import Mapping
from typing import Final

from services.consent.domain.rights.request import Kind

REQUIRED: Final[Mapping[Kind, tuple[str, ...]]] = {
    "access": ("consent", "ingest", "insights", "matcher", "messaging"),
    "erasure": ("gateway", "ingest", "insights", "matcher", "messaging"),
    "correction": ("matcher",),
    "objection": (),
    "restriction": (),
}
"""By kind of request; those that take its order. An objection is an entry of the ledger alone."""
