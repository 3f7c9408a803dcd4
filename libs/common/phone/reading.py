"""From a spelling to a number, by `phonenumbers`, after the spelling is cleaned."""

import re
from typing import Final

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
)

from libs.common.phone.number import Fault, LineType, NotANumber, Number
from libs.common.phone.quick import recognise
from libs.common.phone.spelling import clean, split
from libs.common.phone.variants import variant_key

_KINDS: Final[dict[int, LineType]] = {
    PhoneNumberType.FIXED_LINE: "fixed_line",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "uan",
    PhoneNumberType.VOICEMAIL: "voicemail",
}
_SPELLED: Final = frozenset({"toll_free", "premium", "shared_cost"})
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?e[+-]?\d{1,3}", re.IGNORECASE)
_LONGEST: Final = 250


def parse(raw: str, region: str | None, *, lenient: bool = False) -> Number | NotANumber:
    """Reads one number; `region` is the country of a number without its own + and code.

    Only valid numbers count, since a wrong `region` shows in nothing else; `lenient` also takes
    those that are merely possible.
    """
    if found := recognise(raw, region):
        return Number(raw, found.e164, None, found.region, found.kind, True)
    return read(raw, region, lenient=lenient)


def normalise(raw: str, region: str | None) -> str | None:
    """The E.164 form of a valid number, without its extension; None for anything else."""
    if found := recognise(raw, region):
        return found.e164
    number = read(raw, region)
    return number.e164 if isinstance(number, Number) else None


def read(raw: str, region: str | None, *, lenient: bool = False) -> Number | NotANumber:
    """`parse` by the library alone."""
    if len(raw) > _LONGEST:
        return NotANumber("not_a_number")
    text = clean(raw)
    if fault := _unusable(text):
        return NotANumber(fault)
    try:
        found = phonenumbers.parse(text, region.upper() if region else None)
    except NumberParseException as error:
        return NotANumber(_fault(error, text))
    number, home = _current(found)
    if not home:
        possible = phonenumbers.is_possible_number(number)
        if not (possible and lenient):
            return NotANumber("not_valid" if possible else "not_possible")
    result = _number(raw, number, home)
    spelled = phonenumbers.is_alpha_number(text) and result.kind not in _SPELLED
    return NotANumber("letters") if spelled else result


def _unusable(text: str) -> Fault | None:
    if not text:
        return "empty"
    if _SCIENTIFIC.fullmatch(text):
        return "digits_lost"
    return "several" if len(split(text)) > 1 else None


def _fault(error: NumberParseException, text: str) -> Fault:
    if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        return "not_valid" if text.startswith("+") else "no_region"
    if error.error_type == NumberParseException.NOT_A_NUMBER:
        return "not_a_number"
    return "not_possible"


def _current(number: PhoneNumber) -> tuple[PhoneNumber, str | None]:
    """The spelling of a line that is valid today, with its region; the region None if none is."""
    if home := _home(number):
        return number, home
    e164 = _e164(number)
    if variant_key(e164) == e164:
        return number, None
    current = phonenumbers.parse(variant_key(e164))
    current.extension = number.extension
    home = _home(current)
    return (current, home) if home else (number, None)


def _home(number: PhoneNumber) -> str | None:
    region = phonenumbers.region_code_for_number(number)
    valid = region and phonenumbers.is_valid_number_for_region(number, region)
    return region if valid else None


def _number(raw: str, number: PhoneNumber, home: str | None) -> Number:
    return Number(
        raw=raw,
        e164=_e164(number),
        extension=number.extension,
        region=home,
        kind=_KINDS.get(phonenumbers.number_type(number), "unknown") if home else "unknown",
        valid=home is not None,
    )


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
