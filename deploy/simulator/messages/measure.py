"""How long a text is as Telnyx bills it: its encoding, its units and its parts.

Source: 3GPP TS 23.038, the default alphabet and its extension table; national shifts are not used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["auto", "gsm7", "ucs2"]

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_LAST_OF_ONE_UNIT = 0xFFFF


class NotGsm(ValueError):
    """The text has characters that the default alphabet lacks."""


@dataclass(frozen=True)
class Measure:
    """`units` are septets or UTF-16 code units; a part holds 160 (153 of several), or 70 (67)."""

    encoding: str
    units: int
    parts: int


def measure(text: str, encoding: Encoding = "auto") -> Measure:
    """Measures a text. Raises NotGsm where `gsm7` is asked for and not possible."""
    is_gsm = _BASIC.union(_EXTENSION).issuperset(text)
    if encoding == "gsm7" and not is_gsm:
        raise NotGsm(text)
    if is_gsm and encoding != "ucs2":
        septets = [2 if letter in _EXTENSION else 1 for letter in text]
        return Measure("GSM-7", sum(septets), _parts(septets, 160, 153))
    units = [2 if ord(letter) > _LAST_OF_ONE_UNIT else 1 for letter in text]
    return Measure("UCS-2", sum(units), _parts(units, 70, 67))


def _parts(widths: Sequence[int], alone: int, of_several: int) -> int:
    """A pair, of escape and letter or of surrogates, is never split between two parts."""
    if sum(widths) <= alone:
        return 1
    parts, filled = 1, 0
    for width in widths:
        if filled + width > of_several:
            parts, filled = parts + 1, 0
        filled += width
    return parts
