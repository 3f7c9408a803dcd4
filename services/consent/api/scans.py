"""Scans for a person: the operators' command line reads all stores itself, and says so here."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from libs.common.events import Note
from libs.common.keys import Keys
from libs.common.mongo import Work
from libs.common.service import Caller, operating
from libs.common.tenants import Tenants, UnknownTenant
from libs.common.web import not_found
from services.consent.api.shapes import Whose
from services.consent.store import Store

router = APIRouter(prefix="/operator/v1/scans", include_in_schema=False)

Writer = Annotated[Caller[Store], operating("scans:write")]
Count = Annotated[int, Field(ge=0)]


class Figures(BaseModel):
    """How many places and documents were looked at, how many places could not be read, and how
    often the person was found."""

    model_config = ConfigDict(extra="forbid")

    places: Count
    read: Count
    unread: Count = 0
    found: Count

    def facts(self) -> dict[str, str | int | bool]:
        """As a note has them."""
        return {**self.model_dump()}


class Share(Figures):
    """What of it was one agency's."""

    tenant: str


class ScanIn(Whose):
    """Whom somebody looked for, in all agencies or in one, and how often they were where.

    `shares` are the agencies in whose data the person was found.
    """

    tenant: str | None = None
    whole: Figures
    shares: list[Share] = Field(default_factory=list)


class ScanOut(BaseModel):
    """On whose records it stands."""

    noted: list[str]


@router.post("", status_code=201)
async def note_scan(given: ScanIn, who: Writer, request: Request) -> ScanOut:
    """On record with the agency that was looked through; after a scan of all, with the platform
    and each agency where something was. All of it, or nothing."""
    running = request.app.state.running
    number = given.e164(who.tenant.region)
    concerned = _concerned(given, running.tenants)

    async def body(_: Store, work: Work) -> None:
        for tenant, figures in concerned.items():
            person = _code(running.keys, tenant, number)
            work.note(_note(who.actor, person, figures.facts()), tenant=tenant)
        if given.tenant is None:
            facts = given.whole.facts() | {"agencies": len(concerned)}
            work.note(_note(who.actor, None, facts))

    await who.write(body)
    return ScanOut(noted=[*concerned] if given.tenant else [who.tenant.tenant, *concerned])


def _concerned(given: ScanIn, tenants: Tenants) -> dict[str, Figures]:
    """The agencies on whose record it belongs. Raises Problem 404 for one that is asked for."""
    if given.tenant is None:
        shares = {share.tenant: share for share in given.shares if share.found}
        known = {tenant.tenant for tenant in tenants}
        return {
            tenant: Figures.model_validate(share.model_dump(exclude={"tenant"}))
            for tenant, share in shares.items()
            if tenant in known
        }
    try:
        return {tenants.get(given.tenant).tenant: given.whole}
    except UnknownTenant:
        raise not_found() from None


def _code(keys: Keys, tenant: str, number: str) -> str | None:
    return keys.code(tenant, number) if keys.has(tenant) else None


def _note(actor: str, person: str | None, facts: dict[str, str | int | bool]) -> Note:
    return Note(action="privacy.scanned", actor=actor, person=person, facts=facts)
