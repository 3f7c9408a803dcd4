"""HTTP in: customers and imports."""

from services.matcher.api import customers, finding, imports

ROUTERS = (customers.router, finding.router, imports.router)

__all__ = ["ROUTERS"]
