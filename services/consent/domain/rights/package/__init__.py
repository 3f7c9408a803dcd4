"""All that is kept of one person, as the person gets it: pages, tables and data, each file with its
hash, and nobody else in them."""

from services.consent.domain.rights.package.archive import build
from services.consent.domain.rights.package.material import Material, Rows

__all__ = ["Material", "Rows", "build"]
