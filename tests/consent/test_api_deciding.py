"""HTTP in: more time is taken, requests are refused; and time itself."""

from datetime import timedelta
from typing import Any

import pytest

from services.consent.store import Store
from tests.consent.given import DAN
from tests.consent.rights import Desk
from tests.support.http import Harness

DAY = timedelta(days=1)


@pytest.fixture
async def saudi(house: Harness[Store], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An agency under the PDPL."""
    facts: dict[str, Any] = {"timezone": "Asia/Riyadh", "profile": "interkey-connect"}
    return Desk(house, await house.open("SA", **facts), monkeypatch)


async def test_on_day_29_there_is_time_until_day_60(saudi: Desk) -> None:
    request = await saudi.opened("access", number="+966501234567")
    assert request["due_at"] == "2026-12-10T12:00:00Z"
    saudi.move(29 * DAY)
    answer = await saudi.ask(request, "extend", reason="Seven requests at once.")
    longer = answer.json()
    assert (answer.status_code, longer["status"]) == (200, "extended")
    assert longer["due_at"] == "2027-01-09T12:00:00Z"
    assert longer["extended"] == {
        "at": "2026-12-09T12:00:00Z",
        "first_due_at": "2026-12-10T12:00:00Z",
        "reason": "Seven requests at once.",
    }
    again = await saudi.ask(request, "extend", reason="More.")
    assert (again.status_code, again.json()["code"]) == (409, "extended_before")
    assert saudi.words() == []  # nobody knows who asked


async def test_on_day_31_it_is_late_and_no_time_is_left(saudi: Desk) -> None:
    request = await saudi.opened("access", number="+966501234567")
    saudi.move(31 * DAY)
    await saudi.look()
    answer = await saudi.ask(request, "extend", reason="Sorry.")
    assert (answer.status_code, answer.json()["code"]) == (409, "too_late")
    late = await saudi.shown(request)
    assert (late["status"], late["breached_at"]) == ("received", "2026-12-11T12:00:00Z")
    assert (await saudi.actions()).count("privacy.deadline_breached") == 1
    for _ in range(3):
        saudi.move(DAY)
        await saudi.look()
    assert (await saudi.actions()).count("privacy.deadline_breached") == 1


async def test_warnings_come_at_their_time(saudi: Desk) -> None:
    await saudi.opened("access", number="+966501234567")
    told: list[tuple[int, Any]] = []
    for day in range(40):
        before = len(await saudi.notes())
        await saudi.look()
        new = (await saudi.notes())[before:]
        told += [(day, note["facts"].get("percent")) for note in new]
        saudi.move(DAY)
    assert told == [(15, 50), (24, 80), (30, 100), (31, None)]


async def test_a_month_from_the_last_of_january(desk: Desk) -> None:
    desk.move(82 * DAY)
    request = await desk.opened("access")
    assert request["received_at"] == "2027-01-31T12:00:00Z"
    assert request["due_at"] == "2027-02-28T12:00:00Z"
    longer = (await desk.ask(request, "extend", reason="x")).json()
    assert longer["due_at"] == "2027-04-28T11:00:00Z"  # noon in New York, in summer time


async def test_under_the_gdpr_there_are_two_months_more_within_the_first_and_none_after_it(
    desk: Desk,
) -> None:
    kept, late = await desk.opened("access"), await desk.opened("access")
    assert {one["due_at"] for one in (kept, late)} == {"2026-12-10T12:00:00Z"}
    desk.move(30 * DAY - timedelta(seconds=1))
    longer = (await desk.ask(kept, "extend", reason="Seven requests at once.")).json()
    assert longer["due_at"] == "2027-02-10T12:00:00Z"
    assert longer["extended"]["first_due_at"] == "2026-12-10T12:00:00Z"
    desk.move(2)
    await desk.look()
    answer = await desk.ask(late, "extend", reason="Sorry.")
    assert (answer.status_code, answer.json()["code"]) == (409, "too_late")
    assert (await desk.shown(late))["breached_at"] == "2026-12-10T12:00:01Z"
    assert (await desk.shown(kept))["breached_at"] is None
    desk.move(62 * DAY)
    await desk.look()
    assert (await desk.shown(kept))["breached_at"] == "2027-02-10T12:00:01Z"
    assert (await desk.actions()).count("privacy.deadline_breached") == 2


async def test_who_has_shown_who_they_are_is_told_why_it_takes_longer(desk: Desk) -> None:
    request = await desk.attested("access")
    await desk.ask(request, "extend", reason="The archive is moving.")
    ((number, text, word),) = desk.words()
    assert (number, word.message_class) == (DAN, "confirmation")
    assert "until 2027-02-10" in text
    assert "The archive is moving." in text
    assert (await desk.actions())[-1] == "privacy.extended"


async def test_a_refusal_has_a_reason_and_ends_the_request(desk: Desk) -> None:
    request = await desk.attested("access")
    sentence = "You had the same copy last week."
    answer = await desk.ask(request, "refuse", ground="repetitive", sentence=sentence)
    refused = answer.json()
    assert (refused["status"], refused["number"]) == ("refused", None)
    assert refused["refused"] == {
        "at": "2026-11-10T12:00:00Z",
        "ground": "repetitive",
        "sentence": sentence,
    }
    assert sentence in desk.words()[-1][1]
    note = (await desk.notes())[-1]
    assert (note["action"], note["outcome"], note["reason"]) == (
        "privacy.refused",
        "refused",
        "repetitive",
    )
    for verb, body in (("extend", {"reason": "x"}), ("send-code", {})):
        closed = await desk.ask(request, verb, **body)
        assert (closed.status_code, closed.json()["code"]) == (409, "closed")
    desk.move(100 * DAY)
    assert await desk.look() == 0


async def test_an_erasure_under_way_cannot_be_refused(desk: Desk) -> None:
    request = await desk.attested()
    answer = await desk.ask(request, "refuse", ground="unfounded", sentence="x")
    assert (answer.status_code, answer.json()["code"]) == (409, "under_way")
    longer = await desk.ask(request, "extend", reason="A store is away.")
    assert longer.json()["status"] == "extended"
