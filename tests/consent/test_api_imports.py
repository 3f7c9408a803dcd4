"""HTTP in: files of consents."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from libs.common import clock
from libs.common.events import ConsentChanged, TenantSaved
from services.consent.api import imports
from services.consent.domain.ledger.suppression import Suppression
from services.consent.store import Store
from tests.consent.given import DAN, NOON, OTHER, at, at_once, code_of, texted
from tests.support.http import Harness

PATH = "/v1/consents:import"
CSV = {"content-type": "text/csv; charset=utf-8"}
COUNTS = ("granted", "withdrawn", "unchanged", "ignored_older_than_withdrawal", "rejected")
in_memory = pytest.mark.parametrize("house", ["memory"], indirect=True)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def file(*rows: str, header: str = "phone,consent,consent_at") -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def many(count: int) -> bytes:
    return file(*(f"+1202555{n:04d},yes,2026-10-01" for n in range(count)))


async def pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def report(
    client: httpx.AsyncClient, content: bytes | AsyncIterator[bytes]
) -> dict[str, Any]:
    answer = await client.post(PATH, content=content, headers=CSV)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    assert body["rows"] == sum(body[name] for name in COUNTS)
    return body


def counts(body: dict[str, Any]) -> dict[str, int]:
    return {name: body[name] for name in COUNTS if body[name]}


async def test_a_clean_file(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    body = await report(client, file("(212) 555-0123,yes,2026-10-01", f"{OTHER},no,2026-10-02"))
    assert body == {
        "rows": 2,
        "granted": 1,
        "withdrawn": 1,
        "unchanged": 0,
        "ignored_older_than_withdrawal": 0,
        "rejected": 0,
        "faults": [],
    }
    told = {one.subject: one for one in house.units.of(ConsentChanged)}
    granted, withdrawn = (told[code_of(house, agency, e164)] for e164 in (DAN, OTHER))
    (permission,) = granted.permissions
    assert (permission.state, permission.means) == ("granted", "csv")
    assert permission.since.isoformat() == "2026-10-01T04:00:00+00:00"
    assert [one.state for one in withdrawn.permissions] == ["withdrawn"]
    assert not withdrawn.suppressed
    (record,) = await house.store(agency).ledger.records(granted.subject, None, 10)
    assert (record.who, record.means) == ("usr_7", "csv")


async def test_the_same_file_again_changes_nothing(
    house: Harness[Store], client: httpx.AsyncClient
) -> None:
    content = file(f"{DAN},yes,2026-10-01", f"{DAN},no,2026-10-02", f"{OTHER},no,")
    assert counts(await report(client, content)) == {"granted": 1, "withdrawn": 2}
    told = len(house.units.emitted)
    assert [one.version for one in house.units.of(ConsentChanged)] == [1, 2, 1]
    assert counts(await report(client, content)) == {"unchanged": 3}
    assert len(house.units.emitted) == told


async def test_faults_name_line_code_and_advice_and_the_rest_lands(
    client: httpx.AsyncClient,
) -> None:
    body = await report(
        client,
        file(
            "12,yes,2026-10-01",
            f"{DAN},perhaps,2026-10-01",
            f"{DAN},yes,",
            f"{OTHER},yes,2027-01-01",
            "",
            f"{OTHER},yes,2026-10-01",
        ),
    )
    assert counts(body) == {"granted": 1, "rejected": 4}
    assert [(fault["line"], fault["code"]) for fault in body["faults"]] == [
        (2, "not_possible"),
        (3, "consent"),
        (4, "no_date"),
        (5, "future"),
    ]
    assert all(set(fault) == {"line", "code", "explanation"} for fault in body["faults"])
    assert "perhaps" not in str(body)
    assert "555" not in str(body)


async def test_a_refusal_is_kept_whatever_its_date_and_the_report_says_so(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    content = file(f"{DAN},no,2027-01-01", f"{OTHER},no,soon", "12,no,soon")
    body = await report(client, content)
    assert counts(body) == {"withdrawn": 2, "rejected": 1}
    assert [(fault["line"], fault["code"]) for fault in body["faults"]] == [
        (2, "counts_now"),
        (3, "counts_now"),
        (4, "not_possible"),
        (4, "not_a_date"),
    ]
    told = house.units.of(ConsentChanged)
    assert {one.subject for one in told} == {code_of(house, agency, e) for e in (DAN, OTHER)}
    assert {one.changed_at for one in told} == {NOON}
    assert counts(await report(client, content)) == {"unchanged": 2, "rejected": 1}


async def test_a_saudi_agency_writes_in_its_own_words(house: Harness[Store]) -> None:
    agency = await house.open("SA", timezone="Asia/Riyadh")
    content = "﻿رقم الجوال;consent;consent_at;source\n٠٥٠١٢٣٤٥٦٧;نعم;2026-10-01;list\n"
    assert counts(await report(house.client(agency), content.encode())) == {"granted": 1}
    (change,) = house.units.of(ConsentChanged)
    assert change.subject == code_of(house, agency, "+966501234567")
    assert not change.permissions[0].collected_directly
    assert change.permissions[0].since.isoformat() == "2026-09-30T21:00:00+00:00"


async def test_a_large_file_comes_in_pieces_and_lands_in_batches(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    body = await report(client, pieces(many(450), 1_000))
    assert counts(body) == {"granted": 450}
    assert {one.version for one in house.units.of(ConsentChanged)} == {1}
    assert await house.mongo.scope(agency.tenant).collection("states").count({}) == 450
    assert counts(await report(client, many(450))) == {"unchanged": 450}


async def test_a_grant_in_a_file_lifts_an_older_suppression(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    await house.take(texted("stop", code_of(house, agency), -60), agency)
    body = await report(client, file(f"{DAN},yes,2026-11-10T11:59:30Z"))
    assert counts(body) == {"granted": 1}
    found = await house.store(agency).suppressions.get(DAN)
    assert found == Suppression("stop", at(-60), at(-30))


async def test_a_text_that_comes_meanwhile_is_not_lost(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    subject = code_of(house, agency, "+12025550007")
    answers = await at_once(
        report(client, many(100)),
        report(client, many(100)),
        *(house.take(texted("stop", subject, n, party="+12025550007"), agency) for n in range(4)),
    )
    assert sum(body["granted"] for body in answers if body) in {99, 100}
    state = await house.store(agency).ledger.state(subject)
    assert state
    assert state.suppressed
    versions = [one.version for one in house.units.of(ConsentChanged) if one.subject == subject]
    assert sorted(versions) == list(range(1, state.version + 1))


@in_memory
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"phone,consent\n", "no_rows"),
        (b"name,consent\nA,yes\n", "no_number_column"),
        (b"phone,name\n1,A\n", "no_consent_column"),
        ("phone,consent\n1,yes\n".encode("utf-16"), "encoding"),
    ],
)
async def test_a_file_that_cannot_be_used(
    client: httpx.AsyncClient, content: bytes, code: str
) -> None:
    answer = await client.post(PATH, content=content, headers=CSV)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@in_memory
async def test_what_is_no_csv(client: httpx.AsyncClient) -> None:
    answer = await client.post(PATH, json={"phone": DAN})
    assert (answer.status_code, answer.json()["code"]) == (415, "not_csv")


@in_memory
async def test_a_file_that_is_too_large(client: httpx.AsyncClient) -> None:
    content = b"phone,consent\n" + b" \n" * (imports.MAX_UPLOAD // 2)
    assert (await client.post(PATH, content=content, headers=CSV)).status_code == 413


@in_memory
async def test_faults_are_listed_up_to_a_limit_and_all_counted(client: httpx.AsyncClient) -> None:
    body = await report(client, file(*["1,yes,2026-10-01"] * 1_100))
    assert (body["rejected"], len(body["faults"])) == (1_100, 1_000)
    assert body["faults"][-1]["line"] == 1_001
