"""The common spellings without the library's parser.

`phonenumbers` stays the authority: what is not certain here is left to it, and a differential
test holds the two together.
"""

from dataclasses import dataclass
from typing import Final

from libs.common.phone.number import LineType
from libs.common.phone.plans import Plan, calling_code, plan_of, plans

_PUNCTUATION: Final = str.maketrans("", "", " ().-")
_LONGEST: Final = 40


@dataclass(slots=True)
class Found:
    """A valid number in its plan."""

    e164: str
    region: str
    kind: LineType


def recognise(raw: str, region: str | None) -> Found | None:
    """The valid number that a plain spelling certainly is; None says nothing about the rest."""
    # A final .0 is a spreadsheet's, and no digit.
    if len(raw) > _LONGEST or raw.endswith((".0", ".00")):
        return None
    digits = raw.translate(_PUNCTUATION)
    if not digits.isascii():
        return None
    if digits.startswith("+"):
        return _international(digits[1:]) if digits[1:].isdigit() else None
    plan = plan_of(region)
    return _in_region(digits, plan) if plan and digits.isdigit() else None


def _international(digits: str) -> Found | None:
    code = calling_code(digits)
    return _national(digits[len(code) :], plans(code)[0]) if code else None


def _in_region(digits: str, plan: Plan) -> Found | None:
    if abroad := plan.abroad.match(digits):
        return _international(digits[abroad.end() :])
    if not digits.startswith(plan.code):
        return _national(digits, plan)
    # The digits may begin with the country's code or only look so.
    rest = digits[len(plan.code) :]
    if plan.general.fullmatch(digits) or plan.prefix.match(rest):
        return None
    return _national(rest, plans(plan.code)[0]) if plan.fits(rest) else None


def _national(digits: str, plan: Plan) -> Found | None:
    number = plan.significant(digits)
    if number is None:
        return None
    for candidate in plans(plan.code):
        if candidate.leading and not candidate.leading.match(number):
            continue
        if kind := candidate.kind(number):
            return Found(f"+{plan.code}{number}", candidate.region, kind)
        if candidate.leading:
            return None
    return None
