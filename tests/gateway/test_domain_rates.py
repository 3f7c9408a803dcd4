import re

import pytest

from services.gateway.domain.rates import Standing, headers, neighbourhood

# draft-ietf-httpapi-ratelimit-headers: lists of strings with integer parameters (RFC 9651).
POLICY = re.compile(r'"[a-z]+";q=\d+;w=\d+(, "[a-z]+";q=\d+;w=\d+)*')
LEFT = re.compile(r'"[a-z]+";r=\d+;t=\d+(, "[a-z]+";r=\d+;t=\d+)*')


def test_an_answer_tells_every_quota_and_where_it_stands() -> None:
    told = headers([Standing("key", 2000, 10, 1999, 7), Standing("tenant", 4000, 10, 12, 3)])
    assert told == {
        "RateLimit-Policy": '"key";q=2000;w=10, "tenant";q=4000;w=10',
        "RateLimit": '"key";r=1999;t=7, "tenant";r=12;t=3',
    }
    assert POLICY.fullmatch(told["RateLimit-Policy"])
    assert LEFT.fullmatch(told["RateLimit"])


def test_who_has_used_a_quota_up_is_told_how_long_to_wait() -> None:
    both = [Standing("key", 5, 10, 3, 7), Standing("tenant", 5, 10, 0, 4, held=False)]
    assert headers(both)["Retry-After"] == "4"
    assert headers([Standing("key", 5, 10, 0, 0, held=False)])["Retry-After"] == "1"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:51712", "203.0.113.7"),
        ("[2001:db8:1:2::9]:51712", "2001:db8:1:2::/64"),
        ("no:address", "no:address"),
        ("[", "["),
        ("", ""),
    ],
)
def test_a_client_is_one_address_whichever_of_its_own_it_uses(address: str, counted: str) -> None:
    assert neighbourhood(address) == counted
