"""Which column is which, in English and Arabic."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from libs.common.csvfile import Unreadable

Column = Literal[
    "number",
    "consent",
    "consent_at",
    "source",
    "collected_directly",
    "wording",
    "purpose",
    "channel",
]
Columns = Mapping[Column, int]

_NAMES: Final[Mapping[str, Column]] = {
    "phone": "number",
    "number": "number",
    "mobile": "number",
    "رقم_الجوال": "number",
    "consent": "consent",
    "marketing_consent": "consent",
    "consent_at": "consent_at",
    "source": "source",
    "collected_directly": "collected_directly",
    "wording": "wording",
    "purpose": "purpose",
    "channel": "channel",
}
_NEEDED: Final[Mapping[Column, str]] = {
    "number": "No column holds the telephone numbers. Name one 'phone'.",
    "consent": "No column says who agreed. Name one 'consent', with yes or no in it.",
}
_APART = re.compile(r"[\W_]+")


def recognise(header: Sequence[str]) -> Columns:
    """Where each column stands; others are passed. Raises Unreadable."""
    at: dict[Column, int] = {}
    for index, name in enumerate(header):
        column = _NAMES.get(_plain(name))
        if column in at:
            raise Unreadable("column_twice", f"Two columns hold the {column}. Leave one out.")
        if column:
            at[column] = index
    for column, advice in _NEEDED.items():
        if column not in at:
            raise Unreadable(f"no_{column}_column", advice)
    return at


def _plain(name: str) -> str:
    return _APART.sub("_", unicodedata.normalize("NFKC", name).casefold()).strip("_")
