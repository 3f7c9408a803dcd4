"""What a spelling turns out to be: a number, or advice on how to make it one."""

from dataclasses import dataclass
from typing import Final, Literal

LineType = Literal[
    "mobile",
    "fixed_line",
    "fixed_or_mobile",
    "voip",
    "toll_free",
    "premium",
    "shared_cost",
    "uan",
    "pager",
    "personal",
    "voicemail",
    "unknown",
]

NOT_A_PERSON: Final[frozenset[LineType]] = frozenset(
    {"toll_free", "premium", "shared_cost", "uan", "voicemail"}
)
"""Lines that belong to a company or a machine: no customer calls from one."""

Fault = Literal[
    "empty",
    "digits_lost",
    "several",
    "no_region",
    "letters",
    "not_a_number",
    "not_possible",
    "not_valid",
]

ADVICE: Final[dict[Fault, str]] = {
    "empty": "No number is given. Enter one, or leave the person without it.",
    "digits_lost": (
        "The spreadsheet shortened this number and its digits are lost. "
        "Format the column as text and export the file again."
    ),
    "several": "More than one number is given. Enter them one by one.",
    "no_region": (
        "The country is not known. Write the number with + and the country code, "
        "or name the country."
    ),
    "letters": "Letters stand where digits belong. Write the number in digits only.",
    "not_a_number": "This holds no telephone number. Write it in digits, with + and country code.",
    "not_possible": "The number has too few or too many digits. Check it against the original.",
    "not_valid": (
        "No such number exists in this country's number plan. "
        "Check the digits and the country, or write it with + and the country code."
    ),
}


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number as it was given and as it is dialled.

    `region` is the ISO 3166 code of the number's own country ("001" for worldwide numbers, None
    where an invalid number belongs to none). `kind` is the line type by number plan.
    """

    raw: str
    e164: str
    extension: str | None
    region: str | None
    kind: LineType
    valid: bool


@dataclass(frozen=True, slots=True)
class NotANumber:
    """Why a spelling is no number. `explanation` says what to do and never holds the value."""

    code: Fault

    @property
    def explanation(self) -> str:
        """What to do about it."""
        return ADVICE[self.code]
