"""Opt-outs: the provider's list as it is read, and whose customer each is."""

from datetime import timedelta
from typing import Any

import pytest

from libs.common.events import TenantSaved
from services.messaging.domain import told
from services.messaging.domain.optouts import OptOut, owner
from tests.messaging.given import DAN, LINE, NOON, PROFILE

DAY = timedelta(days=1)


def tenant(name: str, **assigned: Any) -> TenantSaved:
    known = {"version": 1, "name": name, "profile": "intnet-iq", "region": "US", "language": "en"}
    return TenantSaved.model_validate({"tenant": name, **known, **assigned})


def held(value: str, since: Any = NOON - DAY, until: Any = None) -> tuple[dict[str, Any]]:
    return ({"value": value, "valid_from": since, "valid_to": until},)


def row(**said: Any) -> dict[str, Any]:
    known = {"created_at": NOON.isoformat(), "from": LINE, "to": DAN, "keyword": "STOP"}
    return {**known, "messaging_profile_id": PROFILE, **said}


def test_a_row_is_read_and_a_strange_one_passed() -> None:
    rows = [
        row(),
        row(to="+1212*******"),  # redacted
        row(to=None),
        row(created_at="yesterday"),
        row(to=" +1 (212) 555-0123 ", messaging_profile_id=None, **{"from": 7}),
        "nothing",
    ]
    found = list(told.optouts({"data": rows}))
    assert found == [OptOut(DAN, LINE, PROFILE, NOON), OptOut(DAN, None, None, NOON)]
    assert list(told.optouts(None)) == list(told.optouts({"data": {}})) == []


@pytest.mark.parametrize(
    ("body", "page", "last"),
    [
        ({"data": [1], "meta": {"total_pages": 2}}, 1, False),
        ({"data": [1], "meta": {"total_pages": 2}}, 2, True),
        ({"data": [], "meta": {"total_pages": 2}}, 1, True),
        ({"data": [1]}, 1, False),
        ({"data": []}, 2, True),
        (None, 1, True),
    ],
)
def test_the_last_page(body: object, page: int, last: bool) -> None:
    assert told.is_last(body, page) is last


def test_the_profile_says_whose_it_is_and_else_the_line_at_the_time() -> None:
    ours = tenant("agencyone", messaging_profiles=held(PROFILE), numbers=held("+12125550111"))
    theirs = tenant("agencytwo", numbers=held(LINE, NOON - DAY, NOON + DAY))
    both, later = [theirs, ours], NOON + 2 * DAY
    assert owner(OptOut(DAN, LINE, PROFILE, NOON), both, later) == ours
    assert owner(OptOut(DAN, LINE, PROFILE, NOON - 9 * DAY), both, later) == ours
    assert owner(OptOut(DAN, LINE, "another", NOON), both, later) == theirs
    assert owner(OptOut(DAN, LINE, None, NOON + DAY), both, later) is None
    assert owner(OptOut(DAN, None, None, NOON), both, later) is None
