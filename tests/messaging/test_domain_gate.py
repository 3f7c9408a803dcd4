"""The gate: what the person has said, and the order in which refusals are told."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.messaging.domain.gate import STALE, Allowed, Refused
from services.messaging.domain.refusals import SENTENCES
from tests.messaging.asks import (
    ALASKAN,
    CLASSES,
    DAN,
    NOON,
    NOURA,
    OTHERS,
    SHOP,
    ask,
    decided,
    local,
    number,
    permission,
    refused,
)

RIYADH, ADAK = "Asia/Riyadh", "America/Adak"
ASKED_FOR = ["one_time_code", "confirmation"]


@pytest.mark.parametrize("to", [DAN, NOURA, ALASKAN, "+447911123456"])
@pytest.mark.parametrize("kind", CLASSES)
def test_to_one_who_agreed_everything_goes_at_noon(kind: str, to: str) -> None:
    at = local("2026-06-01T12:00", "Europe/London" if to.startswith("+44") else ADAK)
    at = local("2026-06-01T12:00", RIYADH) if to == NOURA else at

    assert decided(ask(kind, to, at=at)) == Allowed()


def test_a_promotion_needs_consent() -> None:
    asked = ask(to=NOURA, at=local("2026-06-01T12:00", RIYADH))

    assert decided(asked, permission=None) == refused("no_consent")
    assert decided(asked) == Allowed()


@pytest.mark.parametrize("about", [{"purpose": "service"}, {"channel": "voice"}])
def test_consent_to_something_else_is_none(about: dict[str, str]) -> None:
    other = permission(**about)

    assert decided(ask(), permission=other) == refused("no_consent")
    assert decided(ask(purpose="service"), permission=other) == refused("no_consent")


@pytest.mark.parametrize("kind", OTHERS)
def test_other_classes_need_no_consent(kind: str) -> None:
    assert decided(ask(kind), permission=None, heard=None, suspected=True) == Allowed()


def test_where_the_law_wants_it_the_person_must_have_given_the_data() -> None:
    bought = permission(collected_directly=False)

    assert decided(ask(to=NOURA), permission=bought) == refused("not_collected_directly")
    assert decided(ask("service", NOURA), permission=bought) == Allowed()
    assert decided(ask(to=DAN), permission=bought) == Allowed()


def test_a_withdrawal_binds_its_purpose() -> None:
    no_marketing = permission("withdrawn")
    no_service = permission("withdrawn", purpose="service")

    assert decided(ask(), permission=no_marketing) == refused("withdrawn")
    assert decided(ask("service"), permission=no_marketing) == Allowed()
    assert decided(ask("service"), permission=no_service) == refused("withdrawn")
    assert decided(ask("one_time_code"), permission=no_service) == Allowed()


@pytest.mark.parametrize("kind", ["service", "personal"])
@pytest.mark.parametrize("said", ["suppressed", "stopped"])
def test_stop_binds_service_and_personal_messages(kind: str, said: str) -> None:
    assert decided(ask(kind), **{said: True}) == refused("suppressed")


@pytest.mark.parametrize("kind", ASKED_FOR)
@pytest.mark.parametrize("to", [DAN, NOURA])
def test_one_time_codes_and_confirmations_pass_stop(kind: str, to: str) -> None:
    passed = decided(
        ask(kind, to), suppressed=True, stopped=True, permission=permission("withdrawn")
    )

    assert passed == Allowed()


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("to", [DAN, NOURA])
def test_of_whom_data_is_restricted_gets_codes_and_confirmations_alone(kind: str, to: str) -> None:
    at = local("2026-06-01T12:00", RIYADH) if to == NOURA else NOON
    passed = decided(ask(kind, to, at=at), restricted=True, suppressed=True)

    assert passed == (Allowed() if kind in ASKED_FOR else refused("restricted"))


def test_after_stop_a_promotion_is_withdrawn_before_and_after_consent_answers() -> None:
    assert decided(ask(), stopped=True) == refused("withdrawn")
    assert decided(ask(), suppressed=True, permission=permission("withdrawn")) == refused(
        "withdrawn"
    )
    assert decided(ask(), suppressed=True) == refused("suppressed")


def test_a_suspicion_stops_promotions_only() -> None:
    assert decided(ask(), suspected=True) == refused("suspected_revocation")
    assert decided(ask("service"), suspected=True) == Allowed()


@pytest.mark.parametrize(
    ("heard", "verdict"),
    [
        (NOON - STALE, Allowed()),
        (NOON - STALE - timedelta(microseconds=1), refused("consent_unknown")),
        (NOON + STALE, Allowed()),
        (NOON + STALE + timedelta(microseconds=1), refused("consent_unknown")),
        (None, refused("consent_unknown")),
    ],
)
def test_a_stale_copy_of_consent_stops_promotions_only(
    heard: datetime | None, verdict: Allowed | Refused
) -> None:
    assert timedelta(seconds=60) == STALE
    assert decided(ask(), heard=heard) == verdict
    assert decided(ask("service"), heard=heard) == Allowed()


FAULTS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("not_a_mobile_number", {"recipient": number("+966112345678")}, {}),
    ("sender_suffix_missing", {"sender": SHOP}, {}),
    ("too_long", {"parts": 11}, {}),
    ("no_transfer_safeguard", {}, {"safeguard": False}),
    ("withdrawn", {}, {"stopped": True}),
    ("suppressed", {}, {"suppressed": True}),
    ("no_consent", {}, {"permission": None}),
    ("suspected_revocation", {}, {"suspected": True}),
    ("restricted", {}, {"restricted": True}),
    ("consent_unknown", {}, {"heard": None}),
]
NIGHT = {"at": local("2026-06-01T03:00", RIYADH)}


@given(st.lists(st.sampled_from(FAULTS), min_size=1, unique_by=lambda fault: fault[0]))
def test_what_can_never_be_sent_is_told_first(
    faults: list[tuple[str, dict[str, Any], dict[str, Any]]],
) -> None:
    asked: dict[str, Any] = dict(NIGHT)
    stands: dict[str, Any] = {}
    for _, on_ask, on_standing in faults:
        asked |= on_ask
        stands |= on_standing

    verdict = decided(ask(to=NOURA, **asked), **stands)

    assert verdict == refused(min((code for code, _, _ in faults), key=list(SENTENCES).index))


def test_a_class_that_is_not_known_is_taken_for_a_promotion() -> None:
    assert decided(ask("newsletter"), permission=None) == refused("no_consent")


@pytest.mark.parametrize("sentence", SENTENCES.values())
def test_every_sentence_says_what_to_do(sentence: str) -> None:
    sentences = re.findall(r"[^.]+\.", sentence)
    todo = "Use|Send|Choose|Register|Shorten|Record|Do not|Ask|Read|It is sent"

    assert len(sentences) >= 2
    assert re.search(rf"\b({todo})\b", sentences[-1])
