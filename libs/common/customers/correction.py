"""Whether a correction of a customer's fields can be used, before the record is at hand."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from libs.common.customers import values
from libs.common.customers.values import EMPTY, LONGEST, Unfit
from libs.common.phone import NotANumber

FIELDS: Final[Mapping[str, Callable[[str, str | None], object] | None]] = {
    "external_id": values.external_id,
    "name": None,
    "email": values.email,
    "status": None,
    "renewal_on": values.day,
    "customer_since": values.day,
    "language": values.language,
}
"""The texts of a customer, each with its rule; None where any text will do."""

NUMBERS: Final = "numbers"
Label = Literal["phone", "mobile", "home", "work", "whatsapp"]
LABELS: Final = get_args(Label)
MOST_NUMBERS: Final = 20
LONGEST_NUMBER: Final = 64

_UNKNOWN: Final = f"A customer has no such field. There are: {', '.join((*FIELDS, NUMBERS))}."
_NO_TEXT: Final = f"Give a text of at most {LONGEST} characters, or null to empty the field."
_NO_LIST: Final = f"Give a list of at most {MOST_NUMBERS} numbers: all that the customer has."
_NO_NUMBER: Final = (
    f"Give an object with `number`, a text of at most {LONGEST_NUMBER} characters, and `label`: "
    f"{', '.join(LABELS)}."
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a correction: where (`email`, `numbers/0`), and what to do.

    Neither holds anything of the values.
    """

    at: str
    explanation: str


def wrong(change: Mapping[str, object], region: str) -> tuple[Wrong, ...]:
    """All that is wrong with new values of a customer's fields; `region` reads dates and numbers.

    Texts, ISO dates, or null; `numbers` as a list of {"number", "label"}. That nothing is left by
    which the customer is told from others shows only on the record.
    """
    return tuple(each for name, value in change.items() for each in _wrong(name, value, region))


def _wrong(name: str, value: object, region: str) -> Iterator[Wrong]:
    if name == NUMBERS:
        yield from _wrong_numbers(value, region)
    elif name not in FIELDS:
        yield Wrong(name, _UNKNOWN)
    elif isinstance(value, str) and len(value) <= LONGEST:
        rule, text = FIELDS[name], values.tidy(value)
        found = rule(text, region) if rule and text.lower() not in EMPTY else None
        if isinstance(found, Unfit):
            yield Wrong(name, found.explanation)
    elif value is not None:
        yield Wrong(name, _NO_TEXT)


def _wrong_numbers(value: object, region: str) -> Iterator[Wrong]:
    if value is None:
        return
    if not isinstance(value, list) or len(value) > MOST_NUMBERS:
        yield Wrong(NUMBERS, _NO_LIST)
        return
    for place, one in enumerate(value):
        explanation = _wrong_number(one, region)
        if explanation:
            yield Wrong(f"{NUMBERS}/{place}", explanation)


def _wrong_number(one: object, region: str) -> str | None:
    if not isinstance(one, dict) or one.keys() - {"number", "label"}:
        return _NO_NUMBER
    text, label = one.get("number"), one.get("label", "phone")
    if not isinstance(text, str) or len(text) > LONGEST_NUMBER or label not in LABELS:
        return _NO_NUMBER
    if text.strip().lower() in EMPTY:
        return NotANumber("empty").explanation
    found = (each for each in values.numbers(text.strip(), region) if isinstance(each, NotANumber))
    return next((each.explanation for each in found), None)
