"""Telephone numbers in what is handed over: whose they are, and where one begins and ends.

In doubt a row of digits is a number: to hide a price is a nuisance, to show a stranger's number is
a breach. Dates and amounts of money in their usual forms are told apart.
"""

import re
from collections.abc import Iterable
from typing import Final

from libs.common import phone
from libs.common.phone.spelling import western

_MARKS: Final = r"\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_BETWEEN: Final = rf"(?:[^\S\r\n]|[().\-\u2010-\u2015\u2212/\u00b7_{_MARKS}]){{0,4}}"
_PLUS: Final = r"[+\uff0b]"
_YEAR, _DAY = r"(?:19|20)\d\d", r"(?:0?[1-9]|[12]\d|3[01])"

_DAYS: Final = rf"{_YEAR}([-/.]){_DAY}\1{_DAY}|{_DAY}([-/.]){_DAY}\2{_YEAR}"
DATE: Final = rf"(?<![\d+])(?:{_DAYS})(?!\d|[-/.]\d|[^\S\r\n]?\d\d\d)"
AMOUNT: Final = r"(?<![\d+(])\d{1,7}[.]\d{1,2}(?!\d|[^\S\r\n]?[-./()]?[^\S\r\n]?\d)"
_BEGIN: Final = rf"(?:{_PLUS}[^\S\r\n]?)?[(]?"
RUN: Final = rf"{_BEGIN}\d(?:{_BETWEEN}\d){{6,}}"

_WHOLE: Final = 8
"""So many digits are a number wherever it is from; fewer may count something."""

_COUNTED: Final = re.compile(r"[1-9]\d{0,1}(?:[^\S\r\n]\d{3}){2}")
"""12 500 000, as no number of so few digits is written."""

_APART: Final = re.compile(r"[().\-\u2010-\u2015\u2212/]")


def digits(text: str) -> str:
    """The digits alone, of any script, as 0 to 9."""
    return re.sub(r"\D", "", western(text))


class Numbers:
    """Reads numbers as people in these regions write them, and knows which are the person's."""

    def __init__(self, own: Iterable[str], spellings: Iterable[str], region: str) -> None:
        self._own = frozenset(own)
        read = (phone.parse(one, None, lenient=True) for one in self._own)
        home = (n.region for n in read if isinstance(n, phone.Number) and n.region)
        self._regions = tuple(dict.fromkeys([region, *home]))
        long, short = set(), {digits(one) for one in spellings}
        for e164 in self._own:
            national = _national(e164)
            code = e164[1 : len(e164) - len(national)]
            long |= {e164[1:], f"00{e164[1:]}", f"{code}0{national}"}
            short |= {national, f"0{national}"}
        self._long = frozenset(long)
        self.own_pattern = _any_of({one for one in long | short if len(one) > _SHORTEST_OWN})

    def is_own(self, spelling: str) -> bool:
        """Whether it is the person's."""
        return bool(self.readings(spelling) & self._own)

    def is_international(self, spelling: str) -> bool:
        """Whether it is the person's with its country, which no other number can hold in it."""
        return digits(spelling) in self._long

    def readings(self, spelling: str) -> set[str]:
        """The valid numbers that it may be, in E.164."""
        plain = digits(spelling)
        said = [phone.normalise(spelling, region) for region in self._regions]
        bare = phone.normalise(f"+{plain.removeprefix('00')}", None)
        return {e164 for e164 in (*said, bare) if e164}

    def is_number(self, spelling: str) -> bool:
        """Whether it is, or may be, somebody's number."""
        plain = digits(spelling)
        if _COUNTED.fullmatch(western(spelling)):
            return bool(self.readings(spelling))
        if len(plain) >= _WHOLE or western(spelling).startswith(("+", "\uff0b", "00")):
            return True
        apart = bool(_APART.search(spelling)) or plain.startswith("0")
        return apart or bool(self.readings(spelling))

    def key(self, spelling: str) -> str:
        """The same for all spellings of one number, as far as they can be read."""
        return min(self.readings(spelling), default=digits(spelling))


_SHORTEST_OWN: Final = 5


def _national(e164: str) -> str:
    try:
        return phone.national(e164).partition(":")[2]
    except ValueError:
        return e164[1:]


def _any_of(spelled: Iterable[str]) -> re.Pattern[str]:
    """The longest first, so that a country's code goes with its number."""
    longest = sorted(spelled, key=lambda one: (-len(one), one))
    either = "|".join(_BETWEEN.join(one) for one in longest)
    return re.compile(rf"(?<!\d){_BEGIN}(?:{either})(?!\d)" if either else r"(?!)")
