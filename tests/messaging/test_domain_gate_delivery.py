"""The gate: numbers, senders, transfers and hours, whoever the person is."""

import pytest

from services.messaging.domain.gate import Allowed, Later, Refused, Sender, decide
from services.messaging.domain.refusals import SENTENCES
from services.messaging.domain.rules import Window
from services.messaging.domain.segments import MOST_PARTS
from tests.messaging.asks import (
    ALASKAN,
    BOOK,
    CLASSES,
    DAN,
    LINE,
    NOURA,
    OTHERS,
    SHOP,
    SHOP_AD,
    ask,
    decided,
    local,
    number,
    refused,
    standing,
)

NEW_YORK, RIYADH = "America/New_York", "Asia/Riyadh"


@pytest.mark.parametrize("to", ["+18005550123", "+966112345678", "+449098790000", "+448001111111"])
@pytest.mark.parametrize("kind", CLASSES)
def test_a_number_that_takes_no_texts(kind: str, to: str) -> None:
    assert decided(ask(kind, to)) == refused("not_a_mobile_number")


@pytest.mark.parametrize("kind", CLASSES)
def test_no_letters_as_sender_in_north_america(kind: str) -> None:
    assert decided(ask(kind, sender=SHOP)) == refused("sender_not_allowed")
    assert decided(ask(kind, sender=SHOP_AD)) == refused("sender_not_allowed")


def test_letters_as_sender_elsewhere() -> None:
    at = local("2026-06-01T12:00", "Europe/London")

    assert decided(ask(to="+447911123456", sender=SHOP, at=at)) == Allowed()


@pytest.mark.parametrize(
    ("sender", "verdict"),
    [
        (SHOP, refused("sender_suffix_missing")),
        (LINE, refused("sender_suffix_missing")),
        (Sender("SHOP-ad", "alphanumeric", registered=True), refused("sender_suffix_missing")),
        (Sender("SHOP-AD", "alphanumeric", registered=False), refused("sender_not_registered")),
        (SHOP_AD, Allowed()),
    ],
)
def test_the_sender_of_a_saudi_promotion(sender: Sender, verdict: Allowed | Refused) -> None:
    assert decided(ask(to=NOURA, sender=sender)) == verdict


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("name", ["SHOP-AD", "shop-ad"])
def test_the_mark_of_promotions_is_for_nothing_else(kind: str, name: str) -> None:
    marked = Sender(name, "alphanumeric", registered=True)

    assert decided(ask(kind, NOURA, sender=marked)) == refused("sender_suffix_misused")
    assert decided(ask(kind, NOURA, sender=SHOP)) == Allowed()
    assert decided(ask(kind, NOURA, sender=LINE)) == Allowed()


@pytest.mark.parametrize("kind", CLASSES)
def test_ten_parts_are_the_most(kind: str) -> None:
    assert decided(ask(kind, parts=MOST_PARTS)) == Allowed()
    assert decided(ask(kind, parts=MOST_PARTS + 1)) == refused("too_long")


@pytest.mark.parametrize("kind", CLASSES)
def test_without_a_safeguard_nothing_goes_to_saudi_arabia(kind: str) -> None:
    assert decided(ask(kind, NOURA), safeguard=False) == refused("no_transfer_safeguard")
    assert decided(ask(kind, DAN), safeguard=False) == Allowed()


@pytest.mark.parametrize(
    ("to", "zone", "asked", "until"),
    [
        (DAN, NEW_YORK, "2026-06-01T20:59:59", None),
        (DAN, NEW_YORK, "2026-06-01T21:00:00", "2026-06-02T08:00"),
        (DAN, NEW_YORK, "2026-06-02T07:59:59", "2026-06-02T08:00"),
        (DAN, NEW_YORK, "2026-06-02T08:00:00", None),
        (ALASKAN, "America/Anchorage", "2026-06-01T08:30", "2026-06-01T09:00"),
        (ALASKAN, "America/Anchorage", "2026-06-01T09:00", None),
        (NOURA, RIYADH, "2026-06-01T20:59:59", None),
        (NOURA, RIYADH, "2026-06-01T21:30", "2026-06-02T09:00"),
        (NOURA, RIYADH, "2026-06-02T08:59:59", "2026-06-02T09:00"),
    ],
)
def test_a_promotion_waits_for_the_day(to: str, zone: str, asked: str, until: str | None) -> None:
    verdict = decided(ask(to=to, at=local(asked, zone)))

    if until is None:
        assert verdict == Allowed()
    else:
        assert verdict == Later(local(until, zone), "quiet_hours", SENTENCES["quiet_hours"])


@pytest.mark.parametrize("kind", OTHERS)
def test_other_classes_go_at_night(kind: str) -> None:
    assert decided(ask(kind, NOURA, at=local("2026-06-01T03:00", RIYADH))) == Allowed()


def test_a_number_that_may_be_anywhere_gets_no_promotion() -> None:
    satellite = number("+881612345678")
    asked = ask("promotional", recipient=satellite)
    short = Window.model_validate({"start": "12:00", "until": "12:01"})
    rules = BOOK.default.model_copy(update={"hours": short})

    assert decided(asked) == refused("no_common_hour")
    assert decide(ask(to=ALASKAN), standing(), rules) == refused("no_common_hour")
