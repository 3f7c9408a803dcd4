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
    assert not stopped.with_change(change(1, 0)).stopped
    assert not stopped.with_start(at(1)).stopped
    assert stopped.with_start(at(-1)).stopped
    assert not NOBODY.with_start(at(1)).with_stop(NOON).stopped
    assert stopped.with_stop(at(-9)) == stopped


def test_who_was_left_alone_already_is_known() -> None:
    assert not NOBODY.quiet_before(NOON)
    assert not NOBODY.with_stop(NOON).quiet_before(NOON)
    assert NOBODY.with_stop(at(-1)).quiet_before(NOON)
    suppressed = NOBODY.with_change(change(1, -5, suppressed=True))
    assert suppressed.with_change(change(2, 5, suppressed=True)).quiet_before(NOON)
    assert not suppressed.with_change(change(2, 5)).quiet_before(NOON)


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
