"""What matcher hands over of a person: over documents in memory and over the real server."""

import pytest

from libs.common.events import TenantSaved
from services.matcher.store import Store
from tests.matcher.given import NOON, NUMBER, OTHER, consent, draft, file
from tests.support.http import Harness
from tests.support.telling import told

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
async def agency(house: Harness[Store]) -> TenantSaved:
    return await house.open()


def code(house: Harness[Store], agency: TenantSaved, number: str = NUMBER) -> str:
    return house.keys.code(agency.tenant, number)


async def test_a_record_comes_with_its_file_and_without_codes(
    house: Harness[Store], agency: TenantSaved
) -> None:
    content = file(f"P-1,Amal,{NUMBER}", f"P-2,Omar,{OTHER}", f"P-3,Nora,{NUMBER} / 12")
    await house.client(agency).post(
        "/v1/imports",
        params={"source": "our CRM", "lawful_basis": "contract"},
        content=content,
        headers={"content-type": "text/csv"},
    )
    rows = await told(house, agency, code(house, agency))
    first = next(row for row in rows["customers"] if row["external_id"] == "P-1")
    assert (first["name"], first["lawful_basis"]) == ("Amal", "contract")
    assert (first["numbers"][0]["number"], first["numbers"][0]["as_given"]) == (NUMBER, NUMBER)
    assert {row["name"] for row in rows["customers"]} == {"Amal"}
    (imported,) = rows["imports"]
    assert imported["id"] == first["origin"]
    assert (imported["source"], imported["attested_by"]) == ("our CRM", "usr_1")
    (fault,) = rows["rejected_lines"]
    assert (fault["line"], fault["import"]) == (4, imported["id"])
    assert "12" in fault["value"]
    assert code(house, agency) not in str(rows)
    assert "fingerprint" not in str(rows)
    assert "Omar" not in str(rows)


async def test_only_the_records_that_are_named_are_told(
    house: Harness[Store], agency: TenantSaved
) -> None:
    customers = house.store(agency).customers
    rows = [
        await customers.save(draft(name, NUMBER, name=name), "api", "contract", NOON)
        for name in ("one", "two")
    ]
    found = await told(house, agency, code(house, agency), rows[0]["_id"])
    assert [row["name"] for row in found["customers"]] == ["one"]
    assert "imports" not in found


async def test_lines_of_others_with_the_number_are_not_told(
    house: Harness[Store], agency: TenantSaved
) -> None:
    lines = ["id,name,phone,email", f"P-1,Amal,{NUMBER},amal at", f"P-2,Omar,{NUMBER},omar at"]
    await house.client(agency).post(
        "/v1/imports",
        params={"source": "our CRM", "lawful_basis": "contract"},
        content="\n".join(lines).encode(),
        headers={"content-type": "text/csv"},
    )
    subject = code(house, agency)
    known = await told(house, agency, subject)
    assert {row["value"] for row in known["rejected_lines"]} == {"amal at", "omar at"}
    amal = next(row["id"] for row in known["customers"] if row["name"] == "Amal")
    found = await told(house, agency, subject, amal)
    assert [row["value"] for row in found["rejected_lines"]] == ["amal at"]


async def test_whether_the_person_is_restricted_is_told(
    house: Harness[Store], agency: TenantSaved
) -> None:
    await house.take(consent(code(house, agency), restricted=True), agency)
    await house.take(consent(code(house, agency, OTHER)), agency)
    found = await told(house, agency, code(house, agency))
    assert found == {"restrictions": [{"restricted": True, "at": "2026-05-19T12:00:01.000Z"}]}


async def test_of_nobody_known_there_is_nothing(house: Harness[Store], agency: TenantSaved) -> None:
    assert await told(house, agency, code(house, agency)) == {}


async def test_another_agencys_records_are_not_told(
    house: Harness[Store], agency: TenantSaved
) -> None:
    there = await house.open()
    await house.store(there).customers.save(draft(), "api", "contract", NOON)
    assert await told(house, agency, code(house, agency)) == {}
