"""Telephone numbers in any text, in whatever spelling."""

import re
from typing import Final

from libs.common.phone.reading import normalise
from libs.common.phone.spelling import western

_RUN: Final = re.compile(r"(?<!\d)[+(]{0,2}\d(?:[\s().\u2010-\u2015\-/]{0,3}\d){6,17}(?!\d)")


_LONGEST: Final = 15


def numbers_in(text: str, region: str | None) -> set[str]:
    """All that may be numbers, in E.164, whether they exist or not.

    Digits without + are read in the region, and as if they had one.
    """
    found: set[str] = set()
    for run in _RUN.findall(western(text)):
        digits = "".join(c for c in run if c.isdigit()).removeprefix("00")
        if len(digits) <= _LONGEST:
            read = (normalise(run, region), normalise(f"+{digits}", None), f"+{digits}")
            found |= {e164 for e164 in read if e164}
    return found
