"""The number plans of `phonenumbers`, its metadata compiled once for each calling code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata
from phonenumbers.phonemetadata import PhoneNumberDesc

from libs.common.phone.number import LineType

_CODES: Final = {str(code): code for code in COUNTRY_CODE_TO_REGION_CODE}
_NEVER: Final = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Plan:
    """One region's rules for national significant numbers.

    `shape` has one group for each of `kinds`, in the order in which the library asks for them.
    `leading` is None where nothing but the kinds tells the region's numbers.
    """

    region: str
    code: str
    general: re.Pattern[str]
    lengths: frozenset[int]
    kinds: tuple[LineType, ...]
    shape: re.Pattern[str]
    leading: re.Pattern[str] | None
    abroad: re.Pattern[str]
    prefix: re.Pattern[str]
    transforms: bool

    def kind(self, number: str) -> LineType | None:
        """The line type of a national significant number; None where it is not valid here."""
        found = self.shape.fullmatch(number)
        return self.kinds[found.lastindex - 1] if found and found.lastindex else None

    def fits(self, number: str) -> bool:
        """Whether a number is of the plan's length and general form."""
        return len(number) in self.lengths and self.general.fullmatch(number) is not None

    def significant(self, digits: str) -> str | None:
        """`digits` without the national prefix; None where the library must decide."""
        found = self.prefix.match(digits)
        if not found:
            return digits
        if self.transforms and found[self.prefix.groups] is not None:
            return None
        rest = digits[found.end() :]
        return rest if self.fits(rest) else None


def calling_code(digits: str) -> str | None:
    """The country calling code that E.164 digits begin with."""
    return next((digits[:n] for n in (1, 2, 3) if digits[:n] in _CODES), None)


@cache
def plan_of(region: str | None) -> Plan | None:
    """The plan of an ISO region; None for a region that has none."""
    meta = PhoneMetadata.metadata_for_region(region.upper()) if region else None
    return _compiled(meta, alone=False) if meta else None


@cache
def plans(code: str) -> tuple[Plan, ...]:
    """The plans that share a calling code, the main region first, as the library tries them."""
    number = _CODES[code]
    regions = COUNTRY_CODE_TO_REGION_CODE[number]
    found = (PhoneMetadata.metadata_for_region_or_calling_code(number, r) for r in regions)
    return tuple(_compiled(meta, alone=len(regions) == 1) for meta in found if meta)


def _compiled(meta: PhoneMetadata, *, alone: bool) -> Plan:
    general = meta.general_desc or PhoneNumberDesc()
    kinds = tuple(_kinds(meta))
    shapes = "|".join(f"({shape})" for _, shape in kinds)
    return Plan(
        region=meta.id,
        code=str(meta.country_code),
        general=re.compile(general.national_number_pattern or _NEVER.pattern),
        lengths=frozenset(general.possible_length),
        kinds=tuple(kind for kind, _ in kinds),
        shape=re.compile(f"{_ahead(_shape(general))}(?:{shapes})"),
        leading=re.compile(meta.leading_digits) if meta.leading_digits and not alone else None,
        abroad=re.compile(meta.international_prefix) if meta.international_prefix else _NEVER,
        prefix=_prefix(meta),
        transforms=bool(meta.national_prefix_transform_rule),
    )


def _kinds(meta: PhoneMetadata) -> Iterator[tuple[LineType, str]]:
    """The line types with their shapes, in the order in which the library asks for them."""
    fixed, mobile = _shape(meta.fixed_line), _shape(meta.mobile)
    yield "premium", _shape(meta.premium_rate)
    yield "toll_free", _shape(meta.toll_free)
    yield "shared_cost", _shape(meta.shared_cost)
    yield "voip", _shape(meta.voip)
    yield "personal", _shape(meta.personal_number)
    yield "pager", _shape(meta.pager)
    yield "uan", _shape(meta.uan)
    yield "voicemail", _shape(meta.voicemail)
    if meta.same_mobile_and_fixed_line_pattern:
        yield "fixed_or_mobile", fixed
    else:
        yield "fixed_or_mobile", _ahead(mobile) + fixed
        yield "fixed_line", fixed
        yield "mobile", mobile


def _shape(desc: PhoneNumberDesc | None) -> str:
    """One expression for the lengths and the pattern. Without lengths, those of the plan hold."""
    if not desc or not desc.national_number_pattern:
        return _NEVER.pattern
    lengths = "|".join(rf"\d{{{length}}}" for length in desc.possible_length if length > 0)
    return (_ahead(lengths) if lengths else "") + f"(?:{desc.national_number_pattern})"


def _ahead(shape: str) -> str:
    return f"(?=(?:{shape})\\Z)"


def _prefix(meta: PhoneMetadata) -> re.Pattern[str]:
    pattern = meta.national_prefix_for_parsing
    return re.compile(pattern) if pattern else _NEVER
