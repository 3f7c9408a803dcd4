"""The cases of privacy acceptance, as far as the ledger decides them."""

import httpx
import pytest

from libs.common import clock
from libs.common.events import ConsentChanged, TenantSaved
from services.consent.domain.ledger.suppression import Suppression
from services.consent.store import Store
from tests.consent.given import DAN, NOON, at, code_of, texted
from tests.support.http import Harness

GRANT = {"number": DAN, "purpose": "marketing", "action": "grant", "means": "web"}


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
async def subject(house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient) -> str:
    """Dan has opted in, a month ago."""
    body = {**GRANT, "at": "2026-10-10T12:00:00Z"}
    assert (await client.post("/v1/consents", json=body)).status_code == 201
    return code_of(house, agency)


def latest(house: Harness[Store]) -> ConsentChanged:
    return house.units.of(ConsentChanged)[-1]


def marketing(change: ConsentChanged) -> tuple[str, str]:
    (found,) = (p for p in change.permissions if p.purpose == "marketing")
    return found.state, found.means


async def imported(client: httpx.AsyncClient, row: str) -> dict[str, int]:
    content = f"phone,consent,consent_at,source,collected_directly\n{row}\n"
    headers = {"content-type": "text/csv"}
    answer = await client.post("/v1/consents:import", content=content, headers=headers)
    assert answer.status_code == 200
    return {name: n for name, n in answer.json().items() if isinstance(n, int) and n}


async def test_case_2_a_list_is_not_collected_directly(
    house: Harness[Store], client: httpx.AsyncClient
) -> None:
    row = "+966501112222,yes,2026-10-01,list,false"
    assert await imported(client, row) == {"rows": 1, "granted": 1}
    (permission,) = latest(house).permissions
    assert (permission.state, permission.collected_directly) == ("granted", False)


async def test_case_3_a_stop_is_on_record_with_its_text(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient, subject: str
) -> None:
    message = texted("stop", subject)
    await house.take(message, agency)
    assert (marketing(latest(house)), latest(house).suppressed) == (("withdrawn", "sms"), True)
    record, _ = (await client.get(f"/v1/consents/{subject}")).json()["data"]
    assert (record["action"], record["means"]) == ("withdraw", "sms")
    assert record["message_id"] == message.message_id


async def test_case_4_free_words_wait_for_somebody_to_decide(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient, subject: str
) -> None:
    await house.take(texted("suspected", subject), agency)
    assert (latest(house).suspected, latest(house).suppressed) == (True, False)
    waiting = await client.get("/v1/consents", params={"suspected": True})
    assert [state["subject"] for state in waiting.json()["data"]] == [subject]


async def test_case_8_a_stale_grant_brings_nothing_back(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient, subject: str
) -> None:
    await house.take(texted("stop", subject), agency)
    before = (await client.get(f"/v1/consents/{subject}")).json()
    found = await imported(client, f"{DAN},yes,2026-10-01,,")
    assert found == {"rows": 1, "ignored_older_than_withdrawal": 1}
    assert (await client.get(f"/v1/consents/{subject}")).json() == before
    assert marketing(latest(house)) == ("withdrawn", "sms")


async def test_case_9_a_start_is_a_new_record_and_the_old_ones_stay(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient, subject: str
) -> None:
    await house.take(texted("stop", subject, -5), agency)
    before = (await client.get(f"/v1/consents/{subject}")).json()["data"]
    await house.take(texted("start", subject), agency)
    assert (marketing(latest(house)), latest(house).suppressed) == (("granted", "sms"), False)
    newest, *older = (await client.get(f"/v1/consents/{subject}")).json()["data"]
    assert (newest["action"], newest["means"], newest["seq"]) == ("grant", "sms", 3)
    assert older == before
    assert await house.store(agency).suppressions.get(DAN) == Suppression("stop", at(-5), NOON)


async def test_case_13_what_was_agreed_to_covers_no_other_purpose(
    house: Harness[Store], subject: str
) -> None:
    assert [one.purpose for one in latest(house).permissions] == ["marketing"]


async def test_case_14_one_word_revokes_every_purpose(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient, subject: str
) -> None:
    for purpose in ("service", "profiling"):
        await client.post("/v1/consents", json={**GRANT, "purpose": purpose, "means": "paper"})
    await house.take(texted("stop", subject), agency)
    assert {p.state for p in latest(house).permissions} == {"withdrawn"}
    assert latest(house).suppressed
