"""All that the gateway keeps: what it must know before the tenant is known, and per tenant the
usage log, endpoints of the agency's apps with what they are owed, and answers that may be asked
for again."""

from libs.common.keys import Keys
from libs.common.mongo import TenantScope
from libs.common.privacy import Eraser
from services.gateway.store.accounts import ACCOUNTS, Accounts, Users
from services.gateway.store.answers import ANSWERS, Answers
from services.gateway.store.callers import CALLERS, Callers
from services.gateway.store.deliveries import DELIVERIES, Deliveries
from services.gateway.store.due import DUE, Due, Dues
from services.gateway.store.hooks import Hooks
from services.gateway.store.invitations import INVITATIONS, Invitations
from services.gateway.store.keys import KEYS, AgencyKeys, ApiKeys
from services.gateway.store.resets import RESETS, Resets
from services.gateway.store.sessions import SESSIONS, Sessions
from services.gateway.store.tenants import TENANTS, TenantRecords
from services.gateway.store.turns import Turns
from services.gateway.store.usage import USAGE, UsageLog
from services.gateway.store.webhooks import WEBHOOKS, Webhooks

SHARED = (TENANTS, ACCOUNTS, SESSIONS, INVITATIONS, RESETS, KEYS, DUE)
PER_TENANT = (USAGE, WEBHOOKS, DELIVERIES, CALLERS, ANSWERS)


class Store:
    """In the platform's scope what is per tenant is nobody's; the rest is the same in all."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self.tenants = TenantRecords(scope)
        self.accounts = Accounts(scope)
        self.users = Users(scope)
        self.sessions = Sessions(scope)
        self.invitations = Invitations(scope)
        self.resets = Resets(scope)
        self.keys = ApiKeys(scope)
        self.agency_keys = AgencyKeys(scope)
        self.turns = Turns(scope)
        self.usage = UsageLog(scope)
        self.hooks = Hooks(scope, keys)
        self.answers = Answers(scope, keys)
        self.eraser = Eraser(scope, keys)


__all__ = [
    "PER_TENANT",
    "SHARED",
    "Answers",
    "Callers",
    "Deliveries",
    "Due",
    "Dues",
    "Hooks",
    "Store",
    "Webhooks",
]
