"""The copy of consent: what it says does not depend on the order in which it heard."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest

from libs.common.events import ConsentChanged, Permission
from services.messaging.domain.copy import Copy
from services.messaging.domain.message import Message
from tests.messaging.given import NOON

NOBODY = Copy(subject="s")


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def permission(
    state: str = "granted", purpose: str = "marketing", seconds: float = 0
) -> Permission:
    return Permission(
        purpose=purpose, channel="sms", state=state, since=at(seconds), means="web", record_id="r"
    )


def change(
    version: int, seconds: float = 0, state: str = "granted", **said: object
) -> ConsentChanged:
    known = {
        "subject": "s",
        "version": version,
        "permissions": (permission(state, seconds=seconds),),
        "changed_at": at(seconds),
    }
    return ConsentChanged.model_validate({**known, **said})


def message(kind: str = "promotional") -> Message:
    return Message(
        id="m",
        direction="out",
        state="queued",
        subject="s",
        party=b"",
        created_at=NOON,
        message_class=kind,
        purpose="marketing" if kind == "promotional" else "service",
    )


def test_the_highest_version_counts() -> None:
    facts = [change(1), change(2, 1, "withdrawn"), change(3, 2, suspected=True)]
    ends = set()
    for order in permutations(facts):
        copy = NOBODY
        for fact in order:
            copy = copy.with_change(fact)
        ends.add((copy.version, copy.suspected, copy.permission("marketing", "sms")))
    assert ends == {(3, True, permission(seconds=2))}
    assert NOBODY.permission("marketing", "sms") is None


def test_a_stop_holds_until_the_ledger_has_seen_it_or_the_person_starts_again() -> None:
    stopped = NOBODY.with_stop(NOON)
    assert stopped.stopped
    assert stopped.with_change(change(1, -1)).stopped
    assert stopped.with_change(change(1, 1, suppressed=True)).stopped
    assert stopped.with_change(change(1, 1, "withdrawn")).stopped
    before = (permission(seconds=-1), permission(purpose="profiling", seconds=1))
    assert stopped.with_change(change(1, 1, objected=True, permissions=before)).stopped
    assert not stopped.with_change(change(1, 1)).stopped
    assert not stopped.with_start(at(1)).stopped
    assert stopped.with_start(at(-1)).stopped
    assert not NOBODY.with_start(at(1)).with_stop(NOON).stopped
    assert stopped.with_stop(at(-9)) == stopped


@pytest.mark.parametrize(
    ("permissions", "lifted"),
    [
        ((permission(seconds=-9), permission(purpose="service", seconds=5)), False),
        ((permission(seconds=5), permission(purpose="service", seconds=-9)), False),
        ((permission("withdrawn", seconds=-9), permission(purpose="service", seconds=5)), True),
        ((permission(seconds=1), permission(purpose="service", seconds=5)), True),
        ((permission(purpose="service", seconds=5),), True),
        ((permission(purpose="profiling", seconds=5),), False),
        ((permission(seconds=0),), False),
        ((permission(seconds=0.0004),), False),
        ((permission(seconds=0.001),), True),
        ((), False),
    ],
)
def test_a_stop_is_lifted_where_all_that_stands_was_agreed_to_later(
    permissions: tuple[Permission, ...], lifted: bool
) -> None:
    said = change(1, 5, permissions=permissions)
    ends = {
        NOBODY.with_stop(NOON).with_change(said).stopped,
        NOBODY.with_change(said).with_stop(NOON).stopped,
    }
    assert ends == {not lifted}
    silent = said.model_copy(update={"suppressed": True})
    assert NOBODY.with_change(silent).with_stop(NOON).stopped_at == NOON


def test_a_late_stop_does_not_undo_a_later_agreement() -> None:
    agreed = NOBODY.with_change(change(2, 60))
    assert agreed.with_stop(NOON) == agreed
    assert agreed.with_stop(at(60)).stopped
    assert agreed.with_stop(at(61)).stopped


def test_at_the_same_moment_a_stop_wins() -> None:
    for moment in (at(0), at(0.0004)):
        assert NOBODY.with_stop(NOON).with_start(moment).stopped
        assert NOBODY.with_start(moment).with_stop(NOON).stopped
    assert not NOBODY.with_stop(NOON).with_start(at(0.001)).stopped


def test_a_start_opens_the_way_where_it_is_later_than_every_stop() -> None:
    silent = change(1, 0, suppressed=True)
    assert NOBODY.with_start(NOON).open_since(NOON)
    assert NOBODY.with_stop(NOON).with_start(at(1)).open_since(at(1))
    assert NOBODY.with_change(silent).with_start(at(1)).open_since(at(1))
    assert not NOBODY.with_change(silent).with_start(NOON).open_since(NOON)
    assert not NOBODY.with_change(silent).with_start(at(-1)).open_since(at(-1))
    assert not NOBODY.with_stop(NOON).with_start(at(-1)).open_since(at(-1))


def test_who_was_left_alone_already_is_known() -> None:
    assert not NOBODY.quiet_before(NOON)
    assert not NOBODY.with_stop(NOON).quiet_before(NOON)
    assert NOBODY.with_stop(at(-1)).quiet_before(NOON)
    suppressed = NOBODY.with_change(change(1, -5, suppressed=True))
    assert suppressed.with_change(change(2, 5, suppressed=True)).quiet_before(NOON)
    assert not suppressed.with_change(change(2, 5)).quiet_before(NOON)


def test_the_ledger_keeps_milliseconds_of_the_same_stop() -> None:
    suppressed = NOBODY.with_change(change(1, 0.123, suppressed=True))
    assert not suppressed.quiet_before(at(0.123456))
    assert suppressed.quiet_before(at(0.124))


@pytest.mark.parametrize(
    ("copy", "forbidden"),
    [
        (NOBODY, set()),
        (NOBODY.with_change(change(1)), set()),
        (NOBODY.with_change(change(1, state="withdrawn")), {"promotional"}),
        (NOBODY.with_change(change(1, suppressed=True)), {"promotional", "service", "personal"}),
        (NOBODY.with_stop(NOON), {"promotional", "service", "personal"}),
        (
            NOBODY.with_change(change(1, permissions=(permission("withdrawn", "service"),))),
            {"service", "personal"},
        ),
    ],
)
def test_what_is_taken_back_is_forbidden(copy: Copy, forbidden: set[str]) -> None:
    kinds = ("promotional", "service", "personal", "one_time_code", "confirmation")
    assert {kind for kind in kinds if copy.forbids(message(kind))} == forbidden
