"""The gateway's store in memory. It passes the same test as the real one (test_store.py)."""

import copy
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar, cast
from uuid import uuid4
from zoneinfo import ZoneInfo

from libs.common import clock
from libs.common.events import Event, Note, TenantSaved
from libs.common.keys import Keys
from libs.common.mongo import Work
from libs.common.mongo.database import PLUMBING
from libs.common.privacy import Eraser
from services.gateway.domain.account import Account, EmailTaken
from services.gateway.domain.assignment import Kind
from services.gateway.domain.invitation import Invitation
from services.gateway.domain.key import Key
from services.gateway.domain.reset import Reset
from services.gateway.domain.session import Session
from services.gateway.domain.tenant import TenantExists
from services.gateway.domain.usage import DayOfUse, Use
from services.gateway.store import PER_TENANT, SHARED, Answers, Hooks, Store
from services.gateway.store.keys import MOST_SHOWN
from tests.support.memory import Tables
from tests.support.units import MemoryScope

T = TypeVar("T")


@dataclass
class Data:
    tenants: dict[str, TenantSaved] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    invitations: dict[str, Invitation] = field(default_factory=dict)
    resets: dict[str, Reset] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)
    usage: list[Use] = field(default_factory=list)
    tables: Tables = field(default_factory=lambda: Tables([*PER_TENANT, *SHARED, *PLUMBING]))


class MemoryTenants:
    def __init__(self, data: Data) -> None:
        self.data = data

    async def add(self, tenant: TenantSaved) -> None:
        if tenant.tenant in self.data.tenants:
            raise TenantExists("there is a tenant with this id")
        self.data.tenants[tenant.tenant] = tenant

    async def save(self, tenant: TenantSaved) -> None:
        self.data.tenants[tenant.tenant] = tenant

    async def get(self, tenant: str) -> TenantSaved | None:
        return self.data.tenants.get(tenant)

    async def all(self) -> list[TenantSaved]:
        return [self.data.tenants[name] for name in sorted(self.data.tenants)]

    async def holding(self, kind: Kind, value: str) -> list[TenantSaved]:
        return [t for t in await self.all() if value in {a.value for a in getattr(t, kind)}]


class MemoryAccounts:
    def __init__(self, data: Data) -> None:
        self.data = data

    async def by_email(self, email: str) -> Account | None:
        return next((a for a in self.data.accounts.values() if a.email == email), None)

    async def get(self, account: str) -> Account | None:
        return self.data.accounts.get(account)

    async def add(self, account: Account) -> None:
        if await self.by_email(account.email):
            raise EmailTaken("there is an account with this address")
        self.data.accounts[account.id] = account

    async def set_password(self, account: str, password: str, *, former: str | None = None) -> bool:
        known = self.data.accounts.get(account)
        if known is None or former not in {None, known.password}:
            return False
        self.data.accounts[account] = replace(known, password=password)
        return True


class MemoryUsers:
    def __init__(self, data: Data, tenant: str) -> None:
        self.data = data
        self.tenant = tenant

    async def all(self) -> list[Account]:
        own = (a for a in self.data.accounts.values() if a.tenant == self.tenant)
        return sorted(own, key=lambda a: (a.created_at, a.id))

    async def get(self, user: str) -> Account | None:
        return next((a for a in await self.all() if a.id == user), None)

    async def save(self, account: Account) -> None:
        known = await self.get(account.id)
        if known:
            after = replace(known, role=account.role, disabled=account.disabled)
            self.data.accounts[account.id] = after


class MemorySessions:
    def __init__(self, data: Data) -> None:
        self.data = data

    async def add(self, session: Session) -> None:
        self.data.sessions[session.id] = session

    async def get(self, session: str) -> Session | None:
        return self.data.sessions.get(session)

    async def find(self, tenant: str, name: str) -> Session | None:
        found = (s for s in self.data.sessions.values() if (s.tenant, s.name) == (tenant, name))
        return next(found, None)

    async def of(self, account: str) -> list[Session]:
        own = (s for s in self.data.sessions.values() if s.account == account)
        return sorted(own, key=lambda s: s.started_at, reverse=True)

    async def within(self, tenant: str) -> list[Session]:
        return [s for s in self.data.sessions.values() if s.tenant == tenant]

    async def note(self, session: Session, now: datetime) -> None:
        if session.id in self.data.sessions:
            self.data.sessions[session.id] = session.seen(now)

    async def end(self, session: str) -> None:
        self.data.sessions.pop(session, None)

    async def end_all(self, account: str, *, but: str | None = None) -> int:
        ended = [s.id for s in self.data.sessions.values() if s.account == account and s.id != but]
        for session in ended:
            del self.data.sessions[session]
        return len(ended)


class MemoryInvitations:
    def __init__(self, data: Data) -> None:
        self.data = data

    async def put(self, invitation: Invitation) -> None:
        whom = (invitation.tenant, invitation.email)
        for known in list(self.data.invitations.values()):
            if (known.tenant, known.email) == whom:
                del self.data.invitations[known.id]
        self.data.invitations[invitation.id] = invitation

    async def get(self, invitation: str) -> Invitation | None:
        return self.data.invitations.get(invitation)

    async def use_up(self, invitation: str) -> bool:
        return self.data.invitations.pop(invitation, None) is not None

    async def void_of(self, tenant: str, by: str) -> None:
        for known in list(self.data.invitations.values()):
            if (known.tenant, known.by) == (tenant, by):
                del self.data.invitations[known.id]


class MemoryResets:
    def __init__(self, data: Data) -> None:
        self.data = data

    async def put(self, reset: Reset) -> None:
        await self.void(reset.account)
        self.data.resets[reset.id] = reset

    async def get(self, reset: str) -> Reset | None:
        return self.data.resets.get(reset)

    async def use_up(self, reset: str) -> bool:
        return self.data.resets.pop(reset, None) is not None

    async def void(self, account: str) -> None:
        for known in list(self.data.resets.values()):
            if known.account == account:
                del self.data.resets[known.id]

    async def void_of(self, tenant: str, by: str) -> None:
        for known in list(self.data.resets.values()):
            if (known.tenant, known.by) == (tenant, by):
                del self.data.resets[known.id]


class MemoryKeys:
    def __init__(self, data: Data) -> None:
        self.data = data

    async def get(self, key: str) -> Key | None:
        return self.data.keys.get(key)

    async def note(self, key: str, now: datetime) -> None:
        if key in self.data.keys:
            self.data.keys[key] = replace(self.data.keys[key], used_at=now)


class MemoryAgencyKeys:
    def __init__(self, data: Data, tenant: str) -> None:
        self.data = data
        self.tenant = tenant

    async def all(self) -> list[Key]:
        own = (k for k in self.data.keys.values() if k.tenant == self.tenant)
        return sorted(own, key=lambda k: (k.created_at, k.id), reverse=True)[:MOST_SHOWN]

    async def good(self, now: datetime) -> list[Key]:
        return [k for k in await self.all() if k.alive(now)]

    async def get(self, key: str) -> Key | None:
        return next((k for k in await self.all() if k.id == key), None)

    async def add(self, key: Key) -> None:
        self.data.keys[key.id] = replace(key, tenant=self.tenant)

    async def revoke(self, key: str, now: datetime) -> bool:
        known = await self.get(key)
        if known is None or known.revoked_at:
            return False
        self.data.keys[key] = replace(known, revoked_at=now)
        return True


class MemoryTurns:
    async def take(self, name: str) -> None:
        assert name


class MemoryUsage:
    def __init__(self, data: Data, tenant: str) -> None:
        self.data = data
        self.tenant = tenant

    async def add(self, uses: Sequence[Use]) -> None:
        self.data.usage += [replace(use, tenant=self.tenant) for use in uses]

    async def by_day(self, since: datetime, until: datetime, zone: ZoneInfo) -> list[DayOfUse]:
        requests: Counter[tuple[str, str]] = Counter()
        units: Counter[tuple[str, str]] = Counter()
        for use in self.data.usage:
            if use.tenant == self.tenant and since <= use.at < until:
                group = (use.at.astimezone(zone).date().isoformat(), use.operation)
                requests[group] += 1
                units[group] += use.units
        return [
            DayOfUse(datetime.fromisoformat(day).date(), operation, n, units[day, operation])
            for (day, operation), n in sorted(requests.items())
        ]


class MemoryStore:
    """What apps are owed is the real store, over documents in memory."""

    def __init__(self, data: Data, tenant: str, keys: Keys) -> None:
        scope = MemoryScope(tenant, data.tables)
        self.hooks = Hooks(scope, keys)
        self.answers = Answers(scope, keys)
        self.eraser = Eraser(scope, keys)
        self.tenants = MemoryTenants(data)
        self.accounts = MemoryAccounts(data)
        self.users = MemoryUsers(data, tenant)
        self.sessions = MemorySessions(data)
        self.invitations = MemoryInvitations(data)
        self.resets = MemoryResets(data)
        self.keys = MemoryKeys(data)
        self.agency_keys = MemoryAgencyKeys(data, tenant)
        self.turns = MemoryTurns()
        self.usage = MemoryUsage(data, tenant)


class MemoryUnits:
    """Reads, and writes that happen wholly or not at all."""

    def __init__(self, keys: Keys) -> None:
        self.data = Data()
        self.keys = keys
        self.emitted: list[tuple[str, Event]] = []
        self.noted: list[tuple[str, Note]] = []

    def read(self, tenant: str) -> Store:
        return cast(Store, MemoryStore(self.data, tenant, self.keys))

    async def write(self, tenant: TenantSaved, body: Callable[[Store, Work], Awaitable[T]]) -> T:
        before, work = copy.deepcopy(self.data), Work(tenant, clock.now(), cause=str(uuid4()))
        try:
            result = await body(self.read(tenant.tenant), work)
        except BaseException:
            vars(self.data).update(vars(before))
            raise
        self.emitted += work.emitted
        self.noted += work.noted
        return result

    async def note(self, tenant: str, note: Note) -> None:
        self.noted.append((tenant, note))
