"""Failures: each code of the provider's list, and which one counts."""

from datetime import timedelta
from itertools import permutations

import pytest

from services.messaging.domain.failures import UNKNOWN, decisive, of_codes

KINDS = {
    "stop": ["40300"],
    "address": ["40001", "40012", "40310"],
    "ours": ["40013", "40305", "40301", "40306", "40307", "40308", "40319", "40325"],
    "content": ["40009", "40302", "40304", "40316", "40317", "40322", "40328"],
    "account": ["40003", "40010", "40312", "40314", "40329", "40330", "40309", "40331"],
    "transient": ["40006", "40008", "40004"],
    "slow": ["40002", "40005", "40011", "40014", "40016", "40017", "40018", "40318", "10011"],
    "hold": ["40020", "40320"],
    "act": ["40015", "40019", "40315", "40333"],
    "unknown": ["40999", "", "not a code"],
}
PROVISIONING = ["40100", "40150", "40151", "40155"]
LISTED = [(kind, code) for kind, codes in KINDS.items() for code in codes]


@pytest.mark.parametrize(("kind", "code"), LISTED + [("ours", code) for code in PROVISIONING])
def test_each_code_is_of_its_kind(kind: str, code: str) -> None:
    failure = of_codes([code])

    assert failure.kind == kind
    assert failure.retry == (kind in {"transient", "slow", "hold"} or failure.whose != "message")


def test_a_stop_at_the_provider_has_the_code_that_consent_knows() -> None:
    assert of_codes(["40300"]).code == "recipient_stopped"


WHOSE = {
    "sender": ["40003", "40010", "40329", "40330", "40315"],
    "profile": ["40312", "40314", "40333"],
}


@pytest.mark.parametrize("code", [code for codes in KINDS.values() for code in codes])
def test_each_failure_is_somebodys(code: str) -> None:
    whose = next((whose for whose, codes in WHOSE.items() if code in codes), "message")
    assert of_codes([code]).whose == whose


def test_of_the_two_codes_of_429_one_is_the_agencys_and_the_other_nobodys() -> None:
    assert of_codes(["10011"]).whose == "message"
    assert of_codes(["10011", "40333"]).whose == "profile"


@pytest.mark.parametrize(
    ("code", "pause"),
    [
        ("40020", timedelta(hours=24)),
        ("40318", timedelta(minutes=1)),
        ("10011", timedelta(seconds=2)),
        ("40008", None),
    ],
)
def test_how_long_to_wait(code: str, pause: timedelta | None) -> None:
    assert of_codes([code]).pause == pause


@pytest.mark.parametrize(
    ("codes", "gravest"),
    [
        (("40008", "40300", "40302"), "40300"),
        (("10011", "40333"), "40333"),
        (("40999", "40008"), "40008"),
        (("40998", "40999"), "40998"),
    ],
)
def test_the_gravest_code_counts_in_any_order(codes: tuple[str, ...], gravest: str) -> None:
    for order in permutations(codes):
        assert decisive(order) == gravest
        assert of_codes(order) == of_codes([gravest])


def test_without_a_code_nothing_is_known() -> None:
    assert decisive([]) is None
    assert of_codes([]) is UNKNOWN


def test_every_kind_has_its_own_code_and_a_sentence() -> None:
    failures = {of_codes(codes) for codes in KINDS.values()}

    assert len({failure.code for failure in failures}) == len(KINDS)
    assert all(failure.sentence.endswith(".") for failure in failures)
    assert all(failure.sentence.count(". ") >= 1 for failure in failures)
