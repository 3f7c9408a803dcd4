"""What becomes of customers by hand and by file, and who reads them, goes on record."""

import httpx
import pytest

from libs.common.events import TenantSaved
from services.matcher.store import Store
from tests.support.http import Harness
from tests.support.notes import notes_of

NUMBER = "+12025550143"
PERSON = {
    "name": "Amal Haddad",
    "numbers": [{"number": NUMBER}],
    "lawful_basis": "contract",
}
FILE = f"id,name,phone\nP-1,Amal,{NUMBER}\nP-2,Bashir,12\n"


@pytest.fixture
def client(matcher: Harness[Store], agency: TenantSaved) -> httpx.AsyncClient:
    return matcher.client(agency, user="usr_7")


async def test_a_customer_is_noted_when_written_read_and_removed(
    matcher: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    made = (await client.post("/v1/customers", json=PERSON)).json()
    path = f"/v1/customers/{made['id']}"
    await client.put(path, json={**PERSON, "status": "lapsed"})
    await client.get(path)
    await client.get("/v1/customers")
    await client.delete(path)
    assert (await client.delete(path)).status_code == 404
    notes = await notes_of(matcher, agency)
    assert [note["action"] for note in notes] == [
        "customer.saved",
        "customer.saved",
        "access.read",
        "access.read",
        "customer.removed",
    ]
    assert {note["actor"] for note in notes} == {"user:usr_7"}
    subject = matcher.keys.code(agency.tenant, NUMBER)
    assert [note.get("person") for note in notes] == [subject] * 3 + [None, subject]
    assert notes[1]["facts"] == {"version": 2, "lawful_basis": "contract"}
    assert notes[3]["facts"] == {"operation": "GET /v1/customers", "documents": 1}
    assert not [word for word in ("Amal", "Haddad", NUMBER[1:]) if word in str(notes)]


async def test_what_a_program_brings_is_noted_under_its_key(
    matcher: Harness[Store], agency: TenantSaved
) -> None:
    program = matcher.client(agency, role="app", user="key_0d5f")
    await program.post("/v1/customers", json=PERSON)
    query = {"source": "the CRM", "lawful_basis": "contract"}
    headers = {"content-type": "text/csv"}
    answer = await program.post("/v1/imports", params=query, content=FILE, headers=headers)
    assert answer.status_code == 201, answer.text
    notes = await notes_of(matcher, agency)
    assert [(note["action"], note["actor"]) for note in notes] == [
        ("customer.saved", "key:key_0d5f"),
        ("import.finished", "key:key_0d5f"),
    ]


async def test_an_import_is_noted_with_its_counts(
    matcher: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    query = {"source": "the CRM of Amal", "lawful_basis": "contract"}
    headers = {"content-type": "text/csv"}
    answer = await client.post("/v1/imports", params=query, content=FILE, headers=headers)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    (note,) = await notes_of(matcher, agency)
    assert (note["action"], note["object"]) == ("import.finished", made["id"])
    assert note["facts"] == {name: made[name] for name in note["facts"]}
    assert note["facts"]["rows"] == 2
    assert "Amal" not in str(note)
    assert "reason" not in note
    await client.get(f"/v1/imports/{made['id']}/errors.csv")
    assert (await notes_of(matcher, agency))[-1]["action"] == "access.read"
