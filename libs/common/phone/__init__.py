"""Telephone numbers: `phonenumbers` decides; this package reads what people and carriers write."""

from libs.common.phone.callers import Caller, caller
from libs.common.phone.finding import numbers_in
from libs.common.phone.number import ADVICE, NOT_A_PERSON, LineType, NotANumber, Number
from libs.common.phone.plans import calling_code
from libs.common.phone.reading import normalise, parse
from libs.common.phone.spelling import split
from libs.common.phone.variants import national, variant_key, variants

__all__ = [
    "ADVICE",
    "NOT_A_PERSON",
    "Caller",
    "LineType",
    "NotANumber",
    "Number",
    "caller",
    "calling_code",
    "national",
    "normalise",
    "numbers_in",
    "parse",
    "split",
    "variant_key",
    "variants",
]
