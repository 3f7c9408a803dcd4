"""Passwords, addresses, throttling, sessions, who owns a number: the small rules."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.events import TenantSaved
from services.gateway.domain import passwords
from services.gateway.domain.account import NotAnAddress, normal_email
from services.gateway.domain.assignment import Taken, assign
from services.gateway.domain.session import Session
from services.gateway.domain.tenant import right_to_left
from services.gateway.domain.throttle import LONGEST_WAIT, MOST_KEYS, NO_WAIT, Throttle
from services.gateway.domain.usage import MOST_WAITING, Use, Waiting

AT = datetime(2026, 5, 19, 12, tzinfo=UTC)
TENANTS = ("tenant0001", "tenant0002", "tenant0003")
NUMBER = "+12025550100"


@pytest.mark.parametrize(
    "password",
    ["", "elevenchars", "x" * 129, "Password1234", "0123456789012", "nopqrstuvwxyz", "abababababab",
     "amal.haddad-2026"],
)  # fmt: skip
def test_passwords_that_are_refused(password: str) -> None:
    with pytest.raises(passwords.WeakPassword) as refused:
        passwords.check(password, email="amal.haddad@example.com")
    assert not password or password not in str(refused.value)


@pytest.mark.parametrize("password", ["blue kettle sings", "كلمة مرور طويلة جدا", "x7#" * 5 + "Qw"])
def test_passwords_that_are_taken(password: str) -> None:
    passwords.check(password, email="amal@example.com")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Amal@Example.com ", "amal@example.com"),
        ("ａｍａｌ@example.com", "amal@example.com"),
        ("amal+work@mail.example.co", "amal+work@mail.example.co"),
    ],
)
def test_an_address_has_one_form(text: str, address: str) -> None:
    assert normal_email(text) == address
    assert normal_email(address) == address


@pytest.mark.parametrize("text", ["", "amal", "a@b", "a b@example.com", "a@b@c.com", "<a@b.com>"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(NotAnAddress):
        normal_email(text)


@given(st.lists(st.floats(0, 1000), max_size=60))
def test_waiting_grows_and_is_bounded(pauses: list[float]) -> None:
    throttle, now, let_in = Throttle(free=3), AT, 0
    for seconds in pauses:
        now += timedelta(seconds=seconds)
        wait = throttle.book("key", now)
        assert NO_WAIT <= wait <= LONGEST_WAIT
        let_in += wait == NO_WAIT
        if wait > NO_WAIT:
            assert throttle.book("key", now + wait) == NO_WAIT
            now += wait
    assert let_in <= len(pauses)


def test_a_thousand_tries_at_once_are_few() -> None:
    throttle = Throttle(free=5)
    assert sum(throttle.book("key", AT) == NO_WAIT for _ in range(1000)) == 5


def test_guesses_per_day_are_few() -> None:
    throttle, now, tries = Throttle(free=5), AT, 0
    while now < AT + timedelta(days=1):
        wait = throttle.book("key", now)
        tries += wait == NO_WAIT
        now += wait or timedelta(milliseconds=1)
    assert tries < 310


def test_keys_do_not_fill_the_memory() -> None:
    throttle = Throttle(free=1)
    for n in range(MOST_KEYS + 10):
        throttle.book(f"key {n}", AT)
    assert len(throttle._tries) == MOST_KEYS


def test_a_session_ends_at_the_earlier_limit() -> None:
    session = Session("id", "usr_1", TENANTS[0], AT, AT)
    assert session.ends_at == AT + timedelta(minutes=30)
    assert not session.alive(session.ends_at)
    late = session.seen(AT + timedelta(hours=11, minutes=50))
    assert late.ends_at == AT + timedelta(hours=12)
    assert not session.should_note(AT + timedelta(seconds=59))


def agency(name: str) -> TenantSaved:
    return TenantSaved(
        tenant=name, version=1, name=name, profile="intnet-iq", region="US", language="en"
    )


def owners(tenants: Iterable[TenantSaved], moment: datetime) -> list[str]:
    return [
        tenant.tenant
        for tenant in tenants
        for held in tenant.numbers
        if held.valid_from <= moment and (held.valid_to is None or moment < held.valid_to)
    ]


@given(st.lists(st.tuples(st.sampled_from(TENANTS), st.integers(0, 20)), max_size=12))
def test_a_number_has_at_most_one_owner_at_every_moment(claims: list[tuple[str, int]]) -> None:
    known = {name: agency(name) for name in TENANTS}
    for name, hours in claims:
        at = AT + timedelta(hours=hours)
        try:
            changed = assign(known[name], known.values(), "numbers", NUMBER, at)
        except Taken:
            continue
        for fact in changed:
            assert fact.version == known[fact.tenant].version + 1
            known[fact.tenant] = fact
        assert owners(known.values(), at) == [name]
    for half_hours in range(-2, 45):
        moment = AT + timedelta(minutes=30 * half_hours)
        assert len(owners(known.values(), moment)) <= 1


@pytest.mark.parametrize(
    ("language", "rtl"), [("ar", True), ("ar-SA", True), ("en", False), ("arn", False)]
)
def test_which_way_a_language_runs(language: str, rtl: bool) -> None:
    assert right_to_left(language) is rtl


def test_usage_that_cannot_be_written_waits_within_bounds() -> None:
    waiting = Waiting()
    use = Use(TENANTS[0], "usr_1", "GET /v1/calls", 200, 3, AT)
    for _ in range(MOST_WAITING + 5):
        waiting.add(use)
    taken = waiting.take()
    assert (len(taken[TENANTS[0]]), len(waiting)) == (MOST_WAITING, 0)
    waiting.add(use)
    waiting.put_back(taken[TENANTS[0]])
    assert len(waiting) == MOST_WAITING
    waiting.put_back([use])
    assert len(waiting) == MOST_WAITING
