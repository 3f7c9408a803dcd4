from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.key import (
    LONGEST,
    MOST,
    BadExpiry,
    Key,
    KeyScope,
    Presented,
    TooManyKeys,
    check_new,
    for_keys,
    new_key,
    presented,
    refusal,
)
from services.gateway.domain.permissions import TABLE
from services.gateway.domain.roles import KNOWN, OPEN, OPERATOR, SCOPES, SESSION, Role

AT = datetime(2026, 5, 19, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ID, TEXT = new_key()


def key(**values: object) -> Key:
    given: dict[str, object] = {
        "id": ID, "tenant": "tenant0001", "name": "Policy system",
        "scopes": frozenset({KeyScope.CALLS_READ}), "digest": sha256(TEXT.encode()).hexdigest(),
        "created_at": AT, "created_by": "usr_1",
    }  # fmt: skip
    return Key(**{**given, **values})  # type: ignore[arg-type]


def test_a_key_says_which_it_is_and_is_known_by_its_digest() -> None:
    shown = presented(TEXT)
    assert shown == Presented(ID, sha256(TEXT.encode()).hexdigest())
    assert TEXT.startswith(f"ink_live_{ID.removeprefix('key_')}_")
    assert new_key()[1] != TEXT


@given(place=st.integers(0, len(TEXT) - 1), letter=st.sampled_from("0123456789abcdefg_ \u0660O"))
def test_one_wrong_character_is_seen_without_a_look_up(place: int, letter: str) -> None:
    typed = TEXT[:place] + letter + TEXT[place + 1 :]
    assert (presented(typed) is None) is (typed != TEXT)


@given(place=st.integers(0, len(TEXT) - 2))
def test_two_characters_in_the_wrong_order_are_seen(place: int) -> None:
    typed = TEXT[:place] + TEXT[place + 1] + TEXT[place] + TEXT[place + 2 :]
    assert (presented(typed) is None) is (typed != TEXT)


@given(text=st.text())
def test_whatever_is_sent_is_read_or_refused(text: str) -> None:
    assert presented(text) is None
    assert presented(TEXT + text) is None or not text


def test_who_shows_a_key_is_let_in_while_it_is_good() -> None:
    shown = presented(TEXT)
    assert shown
    ends = key(expires_at=AT + SECOND)
    assert refusal(key(), shown, AT) is None
    assert refusal(ends, shown, AT) is None
    assert refusal(ends, shown, AT + SECOND) == "expired"
    assert refusal(key(revoked_at=AT), shown, AT) == "revoked"
    assert refusal(key(revoked_at=AT), Presented(ID, "0" * 64), AT) == "wrong_secret"
    assert refusal(None, shown, AT) == "unknown"
    assert refusal(None, Presented(ID, "0" * 64), AT) == "unknown"


def test_a_use_is_written_down_once_a_minute() -> None:
    assert key().should_note(AT)
    used = key(used_at=AT)
    assert not used.should_note(AT + 59 * SECOND)
    assert used.should_note(AT + 60 * SECOND)


def test_a_key_ends_within_a_year_and_there_are_only_so_many() -> None:
    check_new(MOST - 1, None, AT)
    check_new(0, AT + LONGEST, AT)
    for end in (AT, AT - SECOND, AT + LONGEST + SECOND):
        with pytest.raises(BadExpiry):
            check_new(0, end, AT)
    with pytest.raises(TooManyKeys):
        check_new(MOST, None, AT)


def test_keys_have_scopes_of_an_admin_and_none_that_are_for_people() -> None:
    kept = {"users", "keys", "sessions", "session", "webhooks"}
    assert set(KeyScope) <= SCOPES[Role.ADMIN]
    assert not [scope for scope in KeyScope if scope.partition(":")[0] in kept]
    assert not {"privacy:decide", "safeguards:write"} & set(KeyScope)
    assert set(KeyScope) <= set(TABLE.values())
    assert for_keys(KNOWN)
    assert for_keys("calls:read")
    assert not [scope for scope in (OPEN, SESSION, OPERATOR, "keys:read") if for_keys(scope)]
