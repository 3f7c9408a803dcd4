"""HTTP in: customers and imports."""

from services.matcher.api import customers, imports

ROUTERS = (customers.router, imports.router)

__all__ = ["ROUTERS"]
