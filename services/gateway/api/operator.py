"""The operators' own door: tenants, what is theirs, and their first Admin."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from fastapi import APIRouter, Request

from libs.common.events import Note, TenantSaved
from libs.common.mongo import Work
from libs.common.principal import Principal
from libs.common.web import Page, Problem
from services.gateway.api.access import Operator
from services.gateway.api.desk import Desk, desk_of
from services.gateway.api.inviting import invite
from services.gateway.api.operator_bodies import (
    LockedOut,
    NewAdmin,
    NewConnection,
    NewNumber,
    NewProfile,
    NewTenant,
)
from services.gateway.api.resetting import reset
from services.gateway.api.shapes import Invited, ResetLink
from services.gateway.domain import tenant as rules
from services.gateway.domain.assignment import Kind, Taken, assign
from services.gateway.domain.roles import Role
from services.gateway.store import Store

router = APIRouter(prefix="/operator/v1", tags=["operator"])
log = structlog.get_logger()


@router.get("/tenants")
async def list_tenants(_: Operator, request: Request) -> Page[TenantSaved]:
    """All tenants with all that is theirs."""
    return Page(data=await desk_of(request).store().tenants.all(), next_cursor=None)


@router.post("/tenants", status_code=201)
async def create_tenant(new: NewTenant, who: Operator, request: Request) -> TenantSaved:
    """Makes a tenant known to every service."""
    desk = desk_of(request)
    if rules.reserved(new.tenant):
        raise Problem(409, "tenant_reserved", "This id is the platform's own: choose another.")
    if not desk.running.keys.has(new.tenant):
        detail = "The key file has no keys of this tenant: make them first (intnet tenant create)."
        raise Problem(409, "no_keys", detail)
    tenant = TenantSaved(version=1, **new.model_dump())

    async def body(store: Store, work: Work) -> None:
        await store.tenants.add(tenant)
        _tell(tenant, who, work)

    try:
        await desk.write(body)
    except rules.TenantExists:
        raise Problem(409, "tenant_exists", "There is a tenant with this id already.") from None
    log.info("tenant.created", tenant=tenant.tenant, by=who.user)
    return tenant


@router.post("/numbers", status_code=201)
async def assign_number(new: NewNumber, who: Operator, request: Request) -> TenantSaved:
    """The number is the tenant's from then on, and no longer anybody else's."""
    log.info("number.assigned", tenant=new.tenant, by=who.user)
    claim = _Claim(new.tenant, "numbers", new.number, new.valid_from)
    return await _assign(desk_of(request), claim, who)


@router.post("/connections", status_code=201)
async def assign_connection(new: NewConnection, who: Operator, request: Request) -> TenantSaved:
    """The connection is the tenant's from then on, and no longer anybody else's."""
    log.info("connection.assigned", tenant=new.tenant, by=who.user)
    claim = _Claim(new.tenant, "connections", new.connection_id, new.valid_from)
    return await _assign(desk_of(request), claim, who)


@router.post("/profiles", status_code=201)
async def assign_profile(new: NewProfile, who: Operator, request: Request) -> TenantSaved:
    """The messaging profile is the tenant's from then on, and no longer anybody else's."""
    log.info("profile.assigned", tenant=new.tenant, by=who.user)
    claim = _Claim(new.tenant, "messaging_profiles", new.profile_id, new.valid_from)
    return await _assign(desk_of(request), claim, who)


@router.post("/invitations", status_code=201)
async def invite_admin(new: NewAdmin, who: Operator, request: Request) -> Invited:
    """Gives a link, good once and for seven days, with which the person sets a password."""
    desk = desk_of(request)
    tenant = await desk.store().tenants.get(new.tenant)
    if tenant is None:
        raise _unknown()
    known = await desk.store().accounts.by_email(new.email)
    if known and known.tenant != tenant.tenant:
        detail = "This person is a user of another agency: one address belongs to one agency."
        raise Problem(409, "taken", detail)
    log.info("user.invited", tenant=tenant.tenant, by=who.user, role=new.role.value)
    return await invite(desk, tenant, new.email, new.role, f"operator:{who.user}")


@router.post("/resets", status_code=201)
async def reset_admin(whom: LockedOut, who: Operator, request: Request) -> ResetLink:
    """Gives an Admin whom no other can help a link, good once and for an hour, to hand over."""
    desk = desk_of(request)
    if await desk.store().tenants.get(whom.tenant) is None:
        raise _unknown()
    account = await desk.store().accounts.by_email(whom.email)
    if account is None or account.tenant != whom.tenant:
        raise Problem(404, "unknown_user", "The tenant has no user with this address.")
    if account.role is not Role.ADMIN:
        raise Problem(409, "not_an_admin", "Operators help Admins alone, who help the others.")
    return await reset(desk, account, f"operator:{who.user}")


@dataclass(frozen=True)
class _Claim:
    tenant: str
    kind: Kind
    value: str
    valid_from: datetime | None


async def _assign(desk: Desk, claim: _Claim, who: Principal) -> TenantSaved:
    """Writes and tells every tenant that it changes, all in one transaction."""

    async def body(store: Store, work: Work) -> TenantSaved:
        await store.turns.take("assignments")
        owner = await store.tenants.get(claim.tenant)
        if owner is None:
            raise _unknown()
        at = _to_the_millisecond(claim.valid_from or work.now)
        holders = await store.tenants.holding(claim.kind, claim.value)
        for fact in assign(owner, holders, claim.kind, claim.value, at):
            await store.tenants.save(fact)
            _tell(fact, who, work)
            owner = fact if fact.tenant == owner.tenant else owner
        work.note(_assigned(claim, who), tenant=claim.tenant)
        return owner

    try:
        return await desk.write(body)
    except Taken as error:
        raise Problem(409, "taken", f"This is refused: {error}.") from None


def _tell(tenant: TenantSaved, who: Principal, work: Work) -> None:
    """Everybody hears of it, and it goes on the tenant's record, without numbers."""
    work.emit(tenant, tenant=tenant.tenant)
    note = Note(
        action="tenant.saved",
        actor=f"operator:{who.user}",
        object=tenant.tenant,
        facts={"version": tenant.version, "profile": tenant.profile, "region": tenant.region},
    )
    work.note(note, tenant=tenant.tenant)


def _assigned(claim: _Claim, who: Principal) -> Note:
    facts = {"operation": f"{claim.kind}.assign"}
    actor = f"operator:{who.user}"
    return Note(action="operator.acted", actor=actor, object=claim.tenant, facts=facts)


def _to_the_millisecond(moment: datetime) -> datetime:
    """As MongoDB keeps it, so that what is told is what is stored."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _unknown() -> Problem:
    return Problem(404, "unknown_tenant", "There is no such tenant: see GET /operator/v1/tenants.")
