"""How many parts the network cuts a text into."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_letters, digits
from typing import Final, Literal

MOST_PARTS: Final = 10
"""Telnyx refuses a text of more parts (error 40302)."""

# 3GPP TS 23.038, 6.2.1: the default alphabet without its escape, which is no character of a text.
_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà" + ascii_letters + digits
)
# 3GPP TS 23.038, 6.2.1.1: an escape and a second septet each.
_EXTENDED: Final = frozenset("\f^{}\\[~]|€")
_ALPHABET: Final = _BASIC | _EXTENDED
_PLANE: Final = "\uffff"


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a text. `units` are septets in GSM-7, 16-bit units in UCS-2."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    parts: int


def measure(text: str) -> Size:
    """The size of a text as Telnyx cuts it: GSM-7 without national tables, else UCS-2.

    A message of one part holds 160 septets or 70 units; of several, 153 or 67 each. Pairs (an
    escape with its septet, two surrogates) stay whole, so that a part may end one unit short.
    """
    if _ALPHABET.issuperset(text):
        widths = [2 if character in _EXTENDED else 1 for character in text]
        return Size("GSM-7", sum(widths), _parts(widths, 160, 153))
    widths = [2 if character > _PLANE else 1 for character in text]
    return Size("UCS-2", sum(widths), _parts(widths, 70, 67))


def _parts(widths: Sequence[int], alone: int, each: int) -> int:
    if sum(widths) <= alone:
        return 1
    parts, room = 1, each
    for width in widths:
        if width > room:
            parts, room = parts + 1, each
        room -= width
    return parts
