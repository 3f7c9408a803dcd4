"""Events in: words by text, and texts that the provider refuses to deliver."""

import pytest

from libs.common import clock
from libs.common.events import ConsentChanged, SmsStopped, TenantSaved
from services.consent.domain.ledger.suppression import Suppression
from services.consent.store import Store
from tests.consent.given import DAN, NOON, at, code_of, failed, texted
from tests.support.http import Harness


@pytest.fixture(autouse=True)
def _evening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: at(6 * 3600))


async def said(
    house: Harness[Store], agency: TenantSaved, keyword: str, seconds: float = 0
) -> ConsentChanged:
    await house.take(texted(keyword, code_of(house, agency), seconds), agency)
    return house.units.of(ConsentChanged)[-1]


async def test_a_stop_is_written_down_told_and_suppresses_the_number(
    house: Harness[Store], agency: TenantSaved
) -> None:
    message = texted("stop", code_of(house, agency))
    await house.take(message, agency)
    store, subject = house.store(agency), code_of(house, agency)
    (record,) = await store.ledger.records(subject, None, 10)
    assert (record.action, record.purpose, record.means) == ("withdraw", "all", "sms")
    assert (record.who, record.at, record.seq) == ("the person", NOON, 1)
    assert record.message_id == message.message_id
    (change,) = house.units.of(ConsentChanged)
    assert (change.subject, change.version, change.suppressed) == (subject, 1, True)
    assert change.changed_at == NOON
    assert await store.ledger.state(subject) == change
    assert await store.suppressions.get(DAN) == Suppression("stop", NOON)


async def test_the_same_text_again_changes_nothing(
    house: Harness[Store], agency: TenantSaved
) -> None:
    message = texted("stop", code_of(house, agency))
    for event in ("e-1", "e-1", "e-2"):  # the record counts even where the inbox forgot the event
        await house.take(message, agency, event)
    assert len(house.units.of(ConsentChanged)) == 1
    records = await house.store(agency).ledger.records(message.subject or "", None, 10)
    assert len(records) == 1


async def test_a_start_lifts_the_suppression_and_keeps_the_trace(
    house: Harness[Store], agency: TenantSaved
) -> None:
    await said(house, agency, "stop")
    change = await said(house, agency, "start", 5)
    assert (change.version, change.suppressed) == (2, False)
    assert await house.store(agency).suppressions.get(DAN) == Suppression("stop", NOON, at(5))


async def test_a_stop_that_comes_late_does_not_undo_the_start_after_it(
    house: Harness[Store], agency: TenantSaved
) -> None:
    await said(house, agency, "start", 5)
    change = await said(house, agency, "stop", 0)
    assert (change.version, change.suppressed, change.changed_at) == (2, False, at(5))
    assert await house.store(agency).suppressions.get(DAN) is None


async def test_a_text_of_a_clock_ahead_of_ours_was_said_now(
    house: Harness[Store], agency: TenantSaved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    assert (await said(house, agency, "start", 50)).changed_at == NOON
    monkeypatch.setattr(clock, "now", lambda: at(10))
    change = await said(house, agency, "stop", 10)
    assert (change.suppressed, change.changed_at) == (True, at(10))


async def test_a_failure_told_by_a_clock_ahead_of_ours_was_told_now(
    house: Harness[Store], agency: TenantSaved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: at(-50))
    await house.take(failed(code_of(house, agency)), agency)
    (change,) = house.units.of(ConsentChanged)
    assert (change.suppressed, change.changed_at) == (True, at(-50))


async def test_free_words_pause_marketing_until_somebody_decides(
    house: Harness[Store], agency: TenantSaved
) -> None:
    change = await said(house, agency, "suspected")
    assert (change.suspected, change.suppressed, change.permissions) == (True, False, ())
    assert not (await said(house, agency, "start", 1)).suspected


async def test_texts_that_say_nothing_of_consent_are_passed(
    house: Harness[Store], agency: TenantSaved
) -> None:
    for keyword in ("help", "none"):
        await house.take(texted(keyword, code_of(house, agency)), agency)
    await house.take(texted("stop", None, party=None, party_kind="short_code"), agency)
    assert house.units.emitted == []
    assert await house.store(agency).ledger.states(None, 10, False) == []


async def test_what_the_provider_blocks_is_a_withdrawal_without_a_number(
    house: Harness[Store], agency: TenantSaved
) -> None:
    subject = code_of(house, agency)
    await house.take(failed(subject), agency)
    (change,) = house.units.of(ConsentChanged)
    assert (change.subject, change.suppressed) == (subject, True)
    assert {permission.means for permission in change.permissions} == {"provider"}
    assert await house.store(agency).suppressions.get(DAN) is None


async def test_other_failures_say_nothing_of_consent(
    house: Harness[Store], agency: TenantSaved
) -> None:
    await house.take(failed(code_of(house, agency), "undeliverable"), agency)
    assert house.units.emitted == []


async def test_each_agency_has_its_own_word_of_the_person(house: Harness[Store]) -> None:
    here, there = await house.open(), await house.open()
    await house.take(texted("stop", code_of(house, here)), here)
    assert await house.store(there).ledger.state(code_of(house, there)) is None
    assert await house.store(there).suppressions.get(DAN) is None
    assert {one.tenantid for one in house.units.envelopes} == {here.tenant}


async def test_no_event_and_no_document_holds_the_number(
    house: Harness[Store], agency: TenantSaved
) -> None:
    await said(house, agency, "stop")
    scope = house.mongo.scope(agency.tenant)
    rows = [
        row
        for entity in house.service.entities
        for row in await scope.collection(entity.name).list({})
    ]
    assert len(rows) == 3
    told = str(rows) + "".join(one.to_json().decode() for one in house.units.envelopes)
    assert DAN.removeprefix("+1") not in told


async def test_a_stop_on_the_providers_list_is_a_withdrawal_with_that_proof(
    house: Harness[Store], agency: TenantSaved
) -> None:
    await said(house, agency, "start", -60)
    subject = code_of(house, agency)
    stopped = SmsStopped(subject=subject, occurred_at=NOON)
    for event in ("e-1", "e-2"):  # read there again
        await house.take(stopped, agency, event)
    records = await house.store(agency).ledger.records(subject, None, 10)
    assert [(one.action, one.purpose, one.means, one.who) for one in records] == [
        ("withdraw", "all", "provider_list", "the provider"),
        ("grant", "marketing", "sms", "the person"),
    ]
    assert records[0].at == NOON
    state = await house.store(agency).ledger.state(subject)
    assert state is not None
    assert (state.suppressed, state.version) == (True, 2)


async def test_a_start_after_the_stop_on_the_list_holds(
    house: Harness[Store], agency: TenantSaved
) -> None:
    await said(house, agency, "start", 60)
    await house.take(SmsStopped(subject=code_of(house, agency), occurred_at=NOON), agency)
    assert not house.units.of(ConsentChanged)[-1].suppressed
