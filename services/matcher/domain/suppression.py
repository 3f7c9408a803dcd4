"""Lines about people who were erased: they are refused, and nothing of them is kept."""

from collections.abc import Set
from dataclasses import replace

from libs.common.phone import numbers_in
from services.matcher.domain.faults import Fault, suppressed
from services.matcher.domain.rows import Reading


def without(reading: Reading, erased: Set[str], region: str) -> Reading:
    """The line, refused where one of its numbers (E.164) is erased.

    A number that stands only in a cell that is at fault costs the cell's value.
    """
    if erased & set(reading.numbers):
        return Reading(reading.line, None, (suppressed(reading.line),))
    return replace(reading, faults=tuple(_blank(f, erased, region) for f in reading.faults))


def _blank(fault: Fault, erased: Set[str], region: str) -> Fault:
    return replace(fault, value="") if erased & numbers_in(fault.value, region) else fault
