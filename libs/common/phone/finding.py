"""Telephone numbers in any text, in whatever spelling."""

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Final

from libs.common.phone.reading import normalise
from libs.common.phone.spelling import western

_RUN: Final = re.compile(r"\+?\(?\d[\d\s().\u2010-\u2015\-/]{5,}")
_GROUP: Final = re.compile(r"\+?\d+")
_MOST_GROUPS: Final = 12
_SHORTEST, _LONGEST = 7, 17


def numbers_in(text: str, region: str | None) -> set[str]:
    """All that may be numbers, in E.164, whether they exist or not.

    Digits without + are read in the region, and as if they had one; so are parts of a longer row
    of groups, since an extension or another number may stand beside one.
    """
    found: set[str] = set()
    for run in _RUN.findall(western(text)):
        for spelling in _spellings(run):
            number = f"+{spelling.removeprefix('+').removeprefix('00')}"
            read = (normalise(spelling, region), normalise(number, None), number)
            found |= {e164 for e164 in read if e164}
    return found


def _spellings(run: str) -> Iterator[str]:
    groups = _GROUP.findall(run)[:_MOST_GROUPS]
    for first, last in combinations(range(len(groups) + 1), 2):
        spelling = "".join(groups[first:last])
        if _SHORTEST <= len(spelling) <= _LONGEST and "+" not in spelling[1:]:
            yield spelling
