"""Segments agree with an independent implementation where the parts end."""

import random
from collections import Counter

import smsutil

from services.messaging.domain.segments import measure

TEXTS = 10_000
NAMES = {"gsm0338": ("GSM-7", 1), "utf_16_be": ("UCS-2", 2)}
PLAIN, PAIRS = "aZ9 @Ç\nΔß", "€^{}\\[~]|\f"
LETTERS, SURROGATES = "ыمç’\u00a0\u200da€", "😀🇮𐐷\U0010ffff"
GSM_7 = (PLAIN, PAIRS, [(152, 161), (300, 312), (306, 306)], [152, 153, 159, 160, 305, 306])
UCS_2 = (LETTERS, SURROGATES, [(66, 71), (130, 138), (134, 134)], [66, 67, 69, 70, 133, 134])


def text_of(chance: random.Random) -> str:
    """About as many units as a part holds, most pairs lying where a part may end."""
    single, double, bands, edges = chance.choice([GSM_7, UCS_2])
    units, text = chance.randint(*chance.choice(bands)), ""
    width = 0
    while width < units:
        at_edge = any(abs(edge - width) <= 1 for edge in edges)
        pair = chance.random() < (0.5 if at_edge else 0.02) and width + 2 <= units
        text += chance.choice(double if pair else single)
        width += 2 if pair else 1
    return text


def test_ten_thousand_texts_have_the_same_size() -> None:
    chance = random.Random(20261122)
    seen: Counter[tuple[str, int]] = Counter()
    uneven = 0
    for _ in range(TEXTS):
        text = text_of(chance)
        size, other = measure(text), smsutil.split(text)
        encoding, octets = NAMES[other.encoding]
        assert (size.encoding, size.units, size.parts) == (
            encoding,
            other.total_bytes // octets,
            len(other.parts),
        ), ascii(text)
        seen[size.encoding, size.parts] += 1
        each = 153 if size.encoding == "GSM-7" else 67
        uneven += size.parts > max(1, -(-size.units // each))
    assert {key for key, count in seen.items() if count > 200} == {
        (encoding, parts) for encoding in ("GSM-7", "UCS-2") for parts in (1, 2, 3)
    }
    assert uneven > 200
