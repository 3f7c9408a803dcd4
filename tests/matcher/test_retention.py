"""Customers whom nobody has written anew go when their time is over, and it is told."""

from datetime import datetime, timedelta

import pytest

from libs.common import clock, profiles
from libs.common.events import CustomerRemoved
from services.matcher.store import Store
from tests.matcher.given import NOON, NUMBER, OTHER
from tests.support.http import Harness
from tests.support.sweeps import evidence, ids, rows, sweep

DAYS = timedelta(days=profiles.load("intnet-iq").kept_days["customers"])


async def test_who_is_not_written_anew_goes(
    matcher: Harness[Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    agency = await matcher.open()
    made: list[str] = []
    for number, at in ((NUMBER, NOON), (OTHER, NOON + timedelta(days=1))):
        _move(monkeypatch, at)
        body = {"name": "A", "numbers": [{"number": number}], "lawful_basis": "contract"}
        answer = await matcher.client(agency).post("/v1/customers", json=body)
        made.append(answer.json()["id"])
    _move(monkeypatch, NOON + DAYS)
    assert await sweep(matcher) == 0
    _move(monkeypatch, NOON + DAYS + timedelta(seconds=1))
    assert await sweep(matcher) == 1
    assert ids(await rows(matcher, agency, "customers")) == made[1:]
    gone = CustomerRemoved(customer_id=made[0], removed_at=clock.now())
    assert matcher.scoped.of(CustomerRemoved) == [gone]
    (facts,) = await evidence(matcher, agency)
    assert (facts["category"], facts["documents"], facts["policy_version"]) == ("customers", 1, 0)


def _move(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
