"""Spellings of one line that differ by a digit a country added or dropped, and national numbers."""

import re
from typing import Final

from libs.common.phone.plans import calling_code, plan_of

_RULES: Final[tuple[tuple[re.Pattern[str], tuple[str, str]], ...]] = (
    # Mexico dropped the 1 before mobiles in 2019; carriers still send it.
    (re.compile(r"\+521?(\d{10})"), (r"+52\1", r"+521\1")),
    # Brazil put a 9 before mobiles by 2016. Landlines begin with 2 to 5 and never had it.
    (re.compile(r"\+55([1-9]\d)9?([6-9]\d{7})"), (r"+55\g<1>9\2", r"+55\1\2")),
    # Argentina writes a 9 before mobiles when dialled from abroad only.
    (re.compile(r"\+549?([1-3]\d{9})"), (r"+54\1", r"+549\1")),
)


def variants(e164: str) -> tuple[str, ...]:
    """Every spelling of the same line in E.164, the canonical one first, `e164` among them."""
    for pattern, spellings in _RULES:
        if found := pattern.fullmatch(e164):
            return tuple(found.expand(spelling) for spelling in spellings)
    return (e164,)


def variant_key(e164: str) -> str:
    """The canonical spelling: equal for all variants of a line."""
    return variants(e164)[0]


def national(e164: str, region: str | None = None) -> str:
    """`calling code:national significant number`, as "966:501234567".

    With `region`, the number is taken for one of that country: this finds the customer whose
    number came with a wrong country code. Raises ValueError where `e164` has no known code.
    """
    digits = variant_key(e164).removeprefix("+")
    own = calling_code(digits)
    if own is None:
        raise ValueError("no E.164 number: its country calling code does not exist")
    plan = plan_of(region)
    return f"{plan.code if plan else own}:{digits[len(own) :]}"
