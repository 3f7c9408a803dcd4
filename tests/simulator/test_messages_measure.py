import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.simulator.messages.measure import Measure, NotGsm, measure
from services.messaging.domain import segments

FAMILY, RAINBOW, ITALY = "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇮🇹"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 160, Measure("GSM-7", 160, 1)),
        ("a" * 161, Measure("GSM-7", 161, 2)),
        ("a" * 306, Measure("GSM-7", 306, 2)),
        ("a" * 307, Measure("GSM-7", 307, 3)),
        ("a" * 152 + "€" + "x" * 152, Measure("GSM-7", 306, 3)),
        ("ÜÇ§ΩΔ\r\n", Measure("GSM-7", 7, 1)),
        ("^{}\\[~]|€\f", Measure("GSM-7", 20, 1)),
        ("ç", Measure("UCS-2", 1, 1)),
        ("`", Measure("UCS-2", 1, 1)),
        ("ы" * 70, Measure("UCS-2", 70, 1)),
        ("ы" * 71, Measure("UCS-2", 71, 2)),
        ("ы" * 134, Measure("UCS-2", 134, 2)),
        ("ы" * 66 + "😀" + "ы" * 66, Measure("UCS-2", 134, 3)),
        ("م" * 71, Measure("UCS-2", 71, 2)),
        (FAMILY * 7, Measure("UCS-2", 77, 2)),
        (ITALY + "a" * 66, Measure("UCS-2", 70, 1)),
        (RAINBOW + "a" * 64, Measure("UCS-2", 70, 1)),
    ],
)
def test_known_vectors(text: str, expected: Measure) -> None:
    assert measure(text) == expected


def test_an_encoding_can_be_forced() -> None:
    assert measure("a" * 71, "ucs2") == Measure("UCS-2", 71, 2)
    assert measure("a" * 71, "gsm7") == Measure("GSM-7", 71, 1)
    with pytest.raises(NotGsm):
        measure("ы", "gsm7")


@given(st.text(st.sampled_from("aÇ€^\n😀م"), max_size=320))
def test_it_agrees_with_what_messaging_expects_to_pay(text: str) -> None:
    ours = segments.measure(text)
    assert measure(text) == Measure(ours.encoding, ours.units, ours.parts)
