"""STOP, START and HELP: what they change by whose clock, and which of them are answered."""

from datetime import timedelta
from typing import Any

import pytest

from libs.common.events import TenantSaved
from services.messaging.domain.copy import Copy
from services.messaging.store import Store
from tests.messaging.given import (
    DAN,
    EVE,
    NOON,
    Time,
    asked,
    beat,
    claim,
    consent,
    kept,
    permission,
    receipt,
    send,
    subject,
    wrote,
)
from tests.support.http import Harness

HOUR = timedelta(hours=1)
STOPPED, AGAIN, HELPED = "unsubscribed", "You will get", "Contact: "


class Line:
    """The agency's line: what people text to it, what is known of them, and what they get."""

    def __init__(self, house: Harness[Store], agency: TenantSaved, time: Time) -> None:
        self.house, self.agency, self.time = house, agency, time
        self.store = house.store(agency)

    async def text(self, keyword: str, age: float = 0, number: str = DAN) -> None:
        """A keyword arrives, `age` seconds after it was written by the provider's clock."""
        at = self.time.now - timedelta(seconds=age)
        text = wrote(self.house, self.agency, keyword, number, keyword=keyword, occurred_at=at)
        await self.house.take(text, self.agency)

    async def ledger(self, version: int, state: str | None = "granted", **said: Any) -> None:
        await self.house.take(consent(self.house, self.agency, version, state, **said), self.agency)

    async def copy(self) -> Copy:
        return await self.store.consents.get(subject(self.house, self.agency))

    async def answers(self, number: str = DAN) -> list[str]:
        """The beginnings of what the platform has answered, the first first."""
        code = subject(self.house, self.agency, number)
        thread = (await self.store.messages.thread(code, None, 100))[::-1]
        said = [str(self.store.messages.text(one)) for one in thread if one.direction == "out"]
        return [word for text in said for word in (STOPPED, AGAIN, HELPED) if word in text]


@pytest.fixture
def line(house: Harness[Store], agency: TenantSaved, time: Time) -> Line:
    return Line(house, agency, time)


async def test_to_agree_to_service_does_not_bring_promotions_back(line: Line) -> None:
    await beat(line.house)
    await line.ledger(1)
    old = permission()
    promotion = await send(
        line.house, line.agency, "promotional", send_at=(NOON + HOUR).isoformat()
    )
    line.time.pass_(10)
    await line.text("stop")
    line.time.pass_(10)
    await line.ledger(2, permissions=(old, permission(purpose="service")))
    assert (await line.copy()).stopped
    assert (await kept(line.house, line.agency, promotion)).state == "blocked"
    again = await line.house.client(line.agency).post("/v1/messages", json=asked("promotional"))
    assert again.status_code == 403


async def test_a_stop_that_comes_after_a_later_agreement_changes_nothing(line: Line) -> None:
    await line.ledger(2)
    await line.text("stop", age=60)
    assert not (await line.copy()).stopped
    assert await line.answers() == []


async def test_a_start_from_a_clock_ahead_of_ours_does_not_outweigh_a_stop(line: Line) -> None:
    await line.text("start", age=-3600)
    line.time.pass_(1)
    await line.text("stop")
    assert (await line.copy()).stopped_at == line.time.now


async def test_a_stop_from_a_clock_ahead_of_ours_can_be_taken_back(line: Line) -> None:
    await line.text("stop", age=-3600)
    assert (await line.copy()).stopped_at == NOON
    line.time.pass_(1)
    await line.text("start")
    assert not (await line.copy()).stopped


async def test_a_stop_at_the_provider_whose_clock_is_ahead_can_be_taken_back(line: Line) -> None:
    message_id = await send(line.house, line.agency)
    await claim(line.house, line.agency, message_id, "ref-1")
    failed = receipt(
        "delivery_failed", reference="ref-1", errors=("40300",), occurred_at=NOON + HOUR
    )
    await line.house.take(failed, line.agency)
    assert (await line.copy()).stopped_at == NOON
    line.time.pass_(1)
    await line.text("start")
    assert not (await line.copy()).stopped


@pytest.mark.parametrize(("keyword", "answer"), [("stop", STOPPED), ("help", HELPED)])
async def test_what_is_older_than_five_minutes_is_not_answered(
    line: Line, keyword: str, answer: str
) -> None:
    await line.text(keyword, age=301)
    assert await line.answers() == []
    assert (await line.copy()).stopped is (keyword == "stop")
    await line.text(keyword, age=300, number=EVE)
    assert await line.answers(EVE) == [answer]


async def test_a_start_older_than_five_minutes_counts_without_an_answer(line: Line) -> None:
    await line.text("stop", age=900)
    await line.text("start", age=301)
    assert not (await line.copy()).stopped
    assert await line.answers() == []


async def test_a_start_that_lifts_nothing_is_not_answered(line: Line) -> None:
    await line.text("stop")
    line.time.pass_(1)
    await line.text("start", age=2)
    assert (await line.copy()).stopped
    assert await line.answers() == [STOPPED]


async def test_a_start_older_than_what_the_ledger_says_is_not_answered(line: Line) -> None:
    await line.ledger(2, "withdrawn", suppressed=True)
    await line.text("start", age=1)
    assert await line.answers() == []


async def test_a_start_that_the_ledger_has_not_read_yet_is_answered(line: Line) -> None:
    await line.text("stop")
    await line.ledger(1, "withdrawn", suppressed=True)
    line.time.pass_(1)
    await line.text("start")
    assert (await line.copy()).stopped
    assert await line.answers() == [STOPPED, AGAIN]


@pytest.mark.parametrize(("keyword", "answer"), [("start", AGAIN), ("help", HELPED)])
async def test_a_person_gets_one_answer_of_a_kind_in_ten_minutes(
    line: Line, keyword: str, answer: str
) -> None:
    line.time.pass_(599)
    await line.text(keyword)
    for seconds in (0, 1, 598):
        line.time.pass_(seconds)
        await line.text(keyword)
    assert await line.answers() == [answer]
    line.time.pass_(1)
    for _ in range(2):
        await line.text(keyword)
    assert await line.answers() == [answer, answer]


async def test_answers_of_another_kind_or_to_another_person_are_not_held_back(line: Line) -> None:
    await line.text("help")
    await line.text("start")
    await line.text("help", number=EVE)
    line.time.pass_(1)
    await line.text("stop")
    assert sorted(await line.answers()) == sorted([HELPED, AGAIN, STOPPED])
    assert await line.answers(EVE) == [HELPED]


async def test_a_stop_after_each_start_is_confirmed(line: Line) -> None:
    for _ in range(2):
        line.time.pass_(1)
        await line.text("stop")
        line.time.pass_(1)
        await line.text("start")
    assert await line.answers() == [STOPPED, AGAIN, STOPPED]


async def test_a_stop_within_a_millisecond_of_what_the_ledger_keeps_is_confirmed(
    line: Line,
) -> None:
    line.time.now = NOON.replace(microsecond=123456)
    since = NOON.replace(microsecond=123000)
    await line.ledger(1, "withdrawn", suppressed=True, changed_at=since)
    await line.text("stop")
    line.time.pass_(1)
    await line.text("stop")
    assert await line.answers() == [STOPPED]
