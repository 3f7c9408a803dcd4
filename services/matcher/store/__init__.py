"""Mongo out: customers, imports and what was wrong in them."""

from libs.common.keys import Keys
from libs.common.mongo import TenantScope
from services.matcher.store.customers import CUSTOMERS, Customers
from services.matcher.store.imports import FAULTS, IMPORTS, Imports

ENTITIES = (CUSTOMERS, IMPORTS, FAULTS)


class Store:
    """One tenant's part of matcher's database."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self.customers = Customers(scope, keys)
        self.imports = Imports(scope, keys)


__all__ = ["ENTITIES", "Store"]
