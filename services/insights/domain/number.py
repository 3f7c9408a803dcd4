"""What a number gives away by itself, under its number plan."""

from dataclasses import dataclass

from libs.common import phone

_NANP_LENGTH = len("+12025550123")
_NPA_NXX = len("+1202555")


@dataclass(frozen=True)
class Numbering:
    """What the number plan says of the caller's number.

    `line_kind` is mobile, fixed_line, voip, premium, toll_free, shared_cost, uan, unknown …;
    what the scorecard does not know carries no weight. `country_code` is as in +966.
    """

    line_kind: str = "unknown"
    country_code: int | None = None

    @classmethod
    def of(cls, number: str | None) -> "Numbering":
        """From a number in E.164; nothing is known of what is none."""
        read = phone.parse(number, None) if number else None
        if not isinstance(read, phone.Number):
            return cls()
        code = phone.calling_code(read.e164.removeprefix("+"))
        return cls(read.kind, int(code) if code else None)


def prefix_of(number: str | None, numbering: Numbering) -> str | None:
    """The country code, with the area code for +1: `966`, `1876`."""
    if number is None or numbering.country_code is None:
        return None
    if numbering.country_code == 1:
        return number[1:5]
    return str(numbering.country_code)


def same_exchange(number: str | None, line: str | None) -> bool:
    """Whether two +1 numbers share their first six national digits (NPA-NXX)."""
    if number is None or line is None:
        return False
    return _is_nanp(number) and _is_nanp(line) and number[:_NPA_NXX] == line[:_NPA_NXX]


def _is_nanp(number: str) -> bool:
    return number.startswith("+1") and len(number) == _NANP_LENGTH
