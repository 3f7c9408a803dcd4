"""Whoever looked for a person in the stores is on record, with everybody whom it concerns."""

from pathlib import Path
from typing import Any

import pytest

from libs.common.events import AuditNoted, TenantSaved
from libs.common.keys import PLATFORM
from services.consent.store import Store
from tests.consent.given import DAN, code_of
from tests.consent.trails import entries, noted, seal
from tests.support.http import Harness
from tests.support.notes import notes_of
from tests.support.operators import Operator, operator_at

PATH = "/operator/v1/scans"
WHOLE = {"places": 40, "read": 900, "unread": 1, "found": 7}


@pytest.fixture
def operator(house: Harness[Store], tmp_path: Path) -> Operator:
    """An operator of the platform, who calls with these scopes."""
    return operator_at(house, tmp_path)


def scan(**more: Any) -> dict[str, Any]:
    return {"number": DAN, "whole": WHOLE, **more}


def share(tenant: TenantSaved | str, found: int) -> dict[str, Any]:
    name = tenant if isinstance(tenant, str) else tenant.tenant
    return {"tenant": name, "places": 3, "read": 20, "found": found}


async def scans_of(house: Harness[Store], tenant: TenantSaved | str) -> list[dict[str, Any]]:
    """Of the platform's notes there are those of other tests in a server that they share."""
    notes = await notes_of(house, tenant)
    return [note for note in notes if note["action"] == "privacy.scanned"]


async def test_of_a_scan_of_one_agency_that_agency_has_the_note(
    house: Harness[Store], agency: TenantSaved, operator: Operator
) -> None:
    before = len(await scans_of(house, PLATFORM))
    answer = await operator("scans:write").post(PATH, json=scan(tenant=agency.tenant))
    assert (answer.status_code, answer.json()) == (201, {"noted": [agency.tenant]})
    (note,) = await notes_of(house, agency)
    assert note == {
        "action": "privacy.scanned",
        "actor": "operator:op_1",
        "person": code_of(house, agency),
        "facts": WHOLE,
    }
    assert len(await scans_of(house, PLATFORM)) == before


async def test_of_a_scan_of_all_the_platform_has_it_and_each_agency_where_something_was(
    house: Harness[Store], agency: TenantSaved, operator: Operator
) -> None:
    other, clean = await house.open(), await house.open()
    shares = [share(agency, 2), share(other, 1), share(clean, 0), share("nobodys00", 4)]
    answer = await operator("scans:write").post(PATH, json=scan(shares=shares))
    assert answer.json() == {"noted": [PLATFORM, agency.tenant, other.tenant]}
    note = (await scans_of(house, PLATFORM))[-1]
    assert (note["actor"], note["facts"]) == ("operator:op_1", {**WHOLE, "agencies": 2})
    assert "person" not in note
    for tenant, found in ((agency, 2), (other, 1)):
        (note,) = await notes_of(house, tenant)
        assert note["facts"] == {"places": 3, "read": 20, "unread": 0, "found": found}
        assert note["person"] == code_of(house, tenant)
        assert DAN.lstrip("+") not in str(note)
    assert await notes_of(house, clean) == []


async def test_what_cannot_be_noted_is_refused(
    house: Harness[Store], agency: TenantSaved, operator: Operator
) -> None:
    client = operator("scans:write")
    for status, body in (
        (404, scan(tenant="nobodys00")),
        (422, scan(number="12", tenant=agency.tenant)),
        (422, scan(tenant=agency.tenant, whole={**WHOLE, "found": -1})),
    ):
        assert (await client.post(PATH, json=body)).status_code == status
    for stranger in (operator("dead:write"), house.client(agency, scopes=["scans:write"])):
        assert (await stranger.post(PATH, json=scan(tenant=agency.tenant))).status_code == 403
    assert await notes_of(house, agency) == []


async def test_a_scan_makes_nobody_known(house: Harness[Store], agency: TenantSaved) -> None:
    """An erased person would have an id again, by the scan that shows that nothing is left."""
    who, audit = code_of(house, agency), house.store(agency).audit

    def note(seq: int, action: str) -> AuditNoted:
        return noted(seq, agency.tenant, action=action, actor="operator:op_1", person=who)

    await seal(house, agency, [note(1, "privacy.scanned")])
    assert await audit.person(who) is None
    await seal(house, agency, [note(2, "privacy.scanned"), note(3, "consent.granted")])
    known = await audit.person(who)
    assert known is not None
    await seal(house, agency, [note(4, "privacy.scanned")])
    first, *others = [entry["person"] for entry in await entries(house.store(agency))]
    assert others == [known] * 3
    assert first not in {None, known}
