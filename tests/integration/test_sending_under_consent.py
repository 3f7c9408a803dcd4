"""May this text be sent? The whole stack, time moved by the tests; the provider's log judges."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from deploy.local.agency import Person
from libs.common import clock
from tests.support.office import (
    NEW_YORK,
    RIYADH,
    Office,
    allowed,
    check,
    note,
    refused,
    send,
    state_of,
)
from tests.support.platform import SA, US, until

pytestmark = pytest.mark.timeout(300)

NOURA, LISTED = "+966501234567", "+966501112222"
SHOP = {"authority": "CST", "reference": "SD-1182", "registered_at": "2026-01-05T00:00:00Z"}
SAFEGUARD = {"kind": "standard_clauses", "reference": "SCC-7", "valid_from": "2026-01-01T00:00:00Z"}
AD = {"sender": "SHOP-AD"}


async def _may_advertise(person: Person) -> None:
    put = person.http.put
    assert (await put("/v1/senders/SHOP-AD", json=SHOP)).is_success
    assert (await put("/v1/safeguards/SA", json=SAFEGUARD)).is_success


async def _agreed(office: Office, number: str) -> Person:
    """Somebody agrees to promotions, and every service knows; gives the admin who noted it."""
    admin = await office.person()
    await office.heard(admin)
    await note(admin, number, "grant")
    await allowed(admin, number)
    return admin


async def _history(person: Person, number: str) -> list[dict[str, Any]]:
    """What the ledger holds of somebody, the latest first."""
    state = (await person.http.post("/v1/consents:find", json={"number": number})).json()
    found = (await person.http.get(f"/v1/consents/{state['subject']}")).json()
    history: list[dict[str, Any]] = found["data"]
    return history


async def _two(person: Person, number: str) -> list[dict[str, Any]]:
    """The same, once there are two records."""

    async def there() -> list[dict[str, Any]] | None:
        found = await _history(person, number)
        return found if len(found) == 2 else None

    told: list[dict[str, Any]] = await until(there, 10)
    return told


async def test_without_consent_no_promotion_is_sent(office: Office) -> None:
    await office.at(12, 0, 0, RIYADH)
    admin = await office.person(SA)
    await _may_advertise(admin)
    customer = {"name": "Noura", "numbers": [{"number": NOURA}], "lawful_basis": "contract"}
    assert (await admin.http.post("/v1/customers", json=customer)).status_code == 201
    await office.heard(admin)
    async with admin.live() as stream:
        assert await refused(admin, NOURA, **AD) == "no_consent"
        await stream.expect("sms.blocked", lambda event: event["data"]["code"] == "no_consent")
    assert await office.sent(NOURA) == []


async def test_a_bought_list_gives_no_consent_to_promotions(office: Office) -> None:
    await office.at(12, 0, 0, RIYADH)
    admin = await office.person(SA)
    await _may_advertise(admin)
    file = f"phone,consent,source,consent_at\n{LISTED},yes,list,2026-10-01\n"
    answer = await admin.http.post(
        "/v1/consents:import", content=file.encode(), headers={"Content-Type": "text/csv"}
    )
    assert answer.json()["granted"] == 1, answer.text
    await office.heard(admin)

    async def known() -> bool:
        code = (await check(admin, LISTED, "promotional", **AD))["code"]
        return bool(code == "not_collected_directly")

    await until(known, 10)
    assert await refused(admin, LISTED, **AD) == "not_collected_directly"
    service = await send(admin, LISTED, "service")
    assert service.status_code == 202, service.text
    await state_of(admin, service.json()["id"], "accepted", "sent", "delivered")
    assert len(await office.sent(LISTED)) == 1


async def test_stop_is_confirmed_once_and_ends_promotions(office: Office) -> None:
    dan = "+12125550123"
    await office.at(12, 0, 0, NEW_YORK)
    admin = await _agreed(office, dan)
    await office.text(US, dan, "Stop.", times=3)

    async def confirmed() -> bool:
        return len(await office.sent(dan)) == 1

    await until(confirmed, 5)
    assert await refused(admin, dan) in {"suppressed", "withdrawn"}
    answer = await admin.http.post("/v1/consents:find", json={"number": dan})
    assert answer.json()["suppressed"]
    stops = [one for one in await _history(admin, dan) if one["means"] == "sms"]
    assert stops
    told = {(one["action"], one["purpose"], bool(one["message_id"])) for one in stops}
    assert told == {("withdraw", "all", True)}
    assert len(await office.sent(dan)) == 1


WORDS = ("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe", "  STOP!! ", "إيقاف")


async def test_every_word_stops_and_free_wording_is_suspected(office: Office) -> None:
    await office.at(12, 0, 0, NEW_YORK)
    admin = await office.person()
    await office.heard(admin)
    people = {f"+12125550{140 + i}": word for i, word in enumerate(WORDS)}
    asking = "+12125550160"
    for number in [*people, asking]:
        await note(admin, number, "grant")
    for number in [*people, asking]:
        await allowed(admin, number)
    for number, word in people.items():
        await office.text(US, number, word)
    await office.text(US, asking, "cancel my appointment please")

    async def stopped(number: str, *codes: str) -> bool:
        return (await check(admin, number, "promotional"))["code"] in codes

    for number in people:
        await until(lambda number=number: stopped(number, "suppressed", "withdrawn"), 5)
    await until(lambda: stopped(asking, "suspected_revocation"), 5)

    async def confirmed(number: str) -> bool:
        return len(await office.sent(number)) == 1

    for number in people:
        await until(lambda number=number: confirmed(number), 5)
    assert await office.sent(asking) == []


async def test_what_is_queued_is_withdrawn_by_a_stop(office: Office) -> None:
    dan = "+12125550170"
    due = await office.at(14, 0, 0, NEW_YORK) + timedelta(minutes=30)
    admin = await _agreed(office, dan)
    made = [
        await send(admin, dan, "promotional", f"Offer {i}.", send_at=due.isoformat())
        for i in range(50)
    ]
    assert {one.status_code for one in made} == {202}
    office.move(due - timedelta(seconds=2) - clock.now())
    await office.text(US, dan, "STOP")
    for one in made:
        found = await state_of(admin, one.json()["id"], "blocked")
        assert found["code"] == "withdrawn"
    office.move(timedelta(minutes=5))
    await office.heard(admin)
    texts = [send["text"] for send in await office.sent(dan)]
    assert len(texts) == 1
    assert "Offer" not in texts[0]


async def test_a_stop_outlives_a_killed_messaging(office: Office) -> None:
    dan = "+12125550171"
    await office.at(12, 0, 0, NEW_YORK)
    admin = await _agreed(office, dan)
    services = office.platform.services
    services.stop("consent")
    try:
        await office.text(US, dan, "STOP")
        services.processes["messaging"].kill()
        services.start("messaging")

        async def stopped() -> bool:
            return (await check(admin, dan, "promotional"))["code"] in {"suppressed", "withdrawn"}

        await until(stopped, 30)
        assert await refused(admin, dan) in {"suppressed", "withdrawn"}
    finally:
        services.start("consent")


async def test_without_consent_at_work_promotions_wait_and_service_goes_on(office: Office) -> None:
    dan = "+12125550172"
    await office.at(12, 0, 0, NEW_YORK)
    admin = await _agreed(office, dan)
    office.platform.services.stop("consent")
    try:
        office.move(timedelta(seconds=61))
        assert await refused(admin, dan) == "consent_unknown"
        service = await send(admin, dan, "service")
        await state_of(admin, service.json()["id"], "accepted", "sent", "delivered")
    finally:
        office.platform.services.start("consent")
    await allowed(admin, dan)


async def test_an_older_grant_in_a_file_does_not_undo_a_withdrawal(office: Office) -> None:
    dan = "+12125550173"
    today = await office.at(12, 0, 0, NEW_YORK)
    admin = await office.person()
    await note(admin, dan, "withdraw", means="voice")
    before = (today - timedelta(days=40)).date()
    file = f"phone;consent;consent_at\n{dan};yes;{before}\n"
    answer = await admin.http.post(
        "/v1/consents:import", content=file.encode(), headers={"Content-Type": "text/csv"}
    )
    report = answer.json()
    assert (report["ignored_older_than_withdrawal"], report["granted"]) == (1, 0)
    state = (await admin.http.post("/v1/consents:find", json={"number": dan})).json()
    assert [one["state"] for one in state["permissions"]] == ["withdrawn"]
    await office.heard(admin)
    assert await refused(admin, dan) == "withdrawn"


async def test_start_grants_again_and_the_history_stays(office: Office) -> None:
    dan = "+12125550174"
    await office.at(12, 0, 0, NEW_YORK)
    admin = await office.person()
    await office.heard(admin)
    await note(admin, dan, "grant")
    await office.text(US, dan, "STOP")
    old = await _two(admin, dan)
    office.move(timedelta(minutes=1))
    await office.text(US, dan, "START")
    await allowed(admin, dan)
    new = await _history(admin, dan)
    assert new[-2:] == old
    assert (new[0]["action"], new[0]["purpose"]) == ("grant", "marketing")
    sent = await send(admin, dan, "promotional", "Welcome back.")
    await state_of(admin, sent.json()["id"], "accepted", "sent", "delivered")


async def test_a_stop_that_no_webhook_told_of_is_found_on_the_providers_list(
    office: Office,
) -> None:
    dan = "+12125550177"
    await office.at(12, 0, 0, NEW_YORK)
    admin = await _agreed(office, dan)
    office.move(timedelta(minutes=1))
    await office.stop_unheard(US, dan)

    async def stopped() -> bool:
        return not (await check(admin, dan, "service"))["allowed"]

    await until(stopped, 20)
    assert await refused(admin, dan) in {"suppressed", "withdrawn"}
    latest, _ = await _two(admin, dan)
    assert (latest["action"], latest["purpose"]) == ("withdraw", "all")
    assert (latest["means"], latest["who"]) == ("provider_list", "the provider")
    assert await office.sent(dan) == []  # nobody confirms what was said to the provider alone


async def test_quiet_hours_hold_in_every_zone_of_the_number(office: Office) -> None:
    dan, alaska = "+12125550175", "+19075550123"
    before = await office.at(20, 30, 0, NEW_YORK)
    admin = await office.person()
    for number in (dan, alaska):
        await note(admin, number, "grant")
    await allowed(admin, dan)
    office.move(before.replace(minute=59, second=20) - clock.now())
    await office.heard(admin)
    in_time = await send(admin, dan, "promotional", "In time.")
    await state_of(admin, in_time.json()["id"], "accepted", "sent", "delivered")
    evening = await office.at(21, 0, 0, NEW_YORK)
    admin = await office.person()
    await office.heard(admin)
    late = await send(admin, dan, "promotional", "Too late.")
    assert late.status_code == 202
    await state_of(admin, late.json()["id"], "queued")
    opens = datetime.fromisoformat((await check(admin, dan, "promotional"))["not_before"])
    assert opens == (evening + timedelta(days=1)).replace(hour=8)
    early = await office.at(12, 30, 0, NEW_YORK)  # 8:30 in Anchorage, 7:30 in Adak
    assert early.astimezone(clock.now().tzinfo).hour in {16, 17}
    await office.heard(admin := await office.person())
    asked = await check(admin, alaska, "promotional")
    assert (asked["allowed"], asked["code"]) == (False, "quiet_hours")
    texts = [send["text"] for send in await office.sent(dan)]
    assert texts.count("In time.") == 1


async def test_quiet_hours_in_riyadh_do_not_hold_a_code(office: Office) -> None:
    await office.at(21, 30, 0, RIYADH)
    admin = await office.person(SA)
    await _may_advertise(admin)
    await note(admin, NOURA, "grant")
    await office.heard(admin)

    async def held() -> bool:
        return bool((await check(admin, NOURA, "promotional", **AD))["code"] == "quiet_hours")

    await until(held, 10)
    await office.at(3, 0, 0, RIYADH)
    admin = await office.person(SA)
    code = await send(admin, NOURA, "one_time_code", "Your code is 481516.")
    await state_of(admin, code.json()["id"], "accepted", "sent", "delivered")


async def test_a_saudi_promotion_needs_a_registered_sender_with_its_suffix(office: Office) -> None:
    await office.at(12, 0, 0, RIYADH)
    admin = await office.person(SA)
    await _may_advertise(admin)
    await note(admin, NOURA, "grant")
    await office.heard(admin)
    await allowed(admin, NOURA, **AD)
    assert (await admin.http.put("/v1/senders/SHOP", json=SHOP)).is_success
    assert await refused(admin, NOURA, sender="SHOP") == "sender_suffix_missing"
    assert await refused(admin, NOURA, sender="MALL-AD") == "sender_not_registered"
    assert await refused(admin, NOURA, "service", **AD) == "sender_suffix_misused"


async def test_without_the_safeguard_saudi_recipients_get_nothing_and_others_do(
    office: Office,
) -> None:
    dan = "+12125550176"
    await office.at(12, 0, 0, RIYADH)
    admin = await office.person(SA)
    await _may_advertise(admin)
    assert (await admin.http.delete("/v1/safeguards/SA")).is_success
    assert await refused(admin, NOURA, "service") == "no_transfer_safeguard"
    other = await send(admin, dan, "service")
    await state_of(admin, other.json()["id"], "accepted", "sent", "delivered")
