"""All that the gateway keeps: what it must know before the tenant is known, and the usage log."""

from libs.common.keys import Keys
from libs.common.mongo import TenantScope
from services.gateway.store.accounts import ACCOUNTS, Accounts, Users
from services.gateway.store.invitations import INVITATIONS, Invitations
from services.gateway.store.sessions import SESSIONS, Sessions
from services.gateway.store.tenants import TENANTS, TenantRecords
from services.gateway.store.turns import Turns
from services.gateway.store.usage import USAGE, UsageLog

SHARED = (TENANTS, ACCOUNTS, SESSIONS, INVITATIONS)
PER_TENANT = (USAGE,)


class Store:
    """In the platform's scope `users` and `usage` are nobody's; the rest is the same in all."""

    def __init__(self, scope: TenantScope, _: Keys) -> None:
        self.tenants = TenantRecords(scope)
        self.accounts = Accounts(scope)
        self.users = Users(scope)
        self.sessions = Sessions(scope)
        self.invitations = Invitations(scope)
        self.turns = Turns(scope)
        self.usage = UsageLog(scope)


__all__ = ["PER_TENANT", "SHARED", "Store"]
