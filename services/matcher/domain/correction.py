"""A record with some of its fields corrected, by the rules of a whole one."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final

from libs.common.events import CorrectionDone, CorrectionOrdered
from services.matcher.domain import entry
from services.matcher.domain.drafts import Draft, Phone

_TEXTS: Final = (
    "external_id",
    "name",
    "email",
    "status",
    "renewal_on",
    "customer_since",
    "language",
)
_PHONE: Final = tuple(part.name for part in fields(Phone))


def corrected(record: Mapping[str, Any], change: Mapping[str, Any], region: str) -> Draft:
    """The record as it should be. A field that is None in the change is emptied.

    `change` holds fields of a customer as the API takes one: texts, ISO dates, and `numbers` as
    {"number", "label"}. Raises entry.Unusable where the result is no customer, LookupError for
    a field that there is not.
    """
    unknown = change.keys() - {*_TEXTS, "numbers"}
    if unknown:
        raise LookupError(f"a customer has no {', '.join(sorted(unknown))}")
    whole = {name: change.get(name, record[name]) for name in _TEXTS}
    texts = {name: str(value) for name, value in whole.items() if value is not None}
    if "numbers" in change:
        return entry.read(entry.Given(texts, _given(change["numbers"])), region)
    filed = [Phone(**{name: one[name] for name in _PHONE}) for one in record["numbers"]]
    return replace(
        entry.read(entry.Given(texts, [(one.label, _dialled(one)) for one in filed]), region),
        numbers=tuple(filed),
    )


def answered(
    order: CorrectionOrdered, at: datetime, *, found: bool, reason: str | None = None
) -> CorrectionDone:
    """What is told of it."""
    return CorrectionDone(
        request_id=order.request_id,
        subject=order.subject,
        store="matcher",
        at=at,
        customer_id=order.customer_id,
        found=found,
        reason=reason,
    )


def _given(numbers: Sequence[Mapping[str, Any]] | None) -> list[tuple[str, str]]:
    return [(str(one.get("label", "phone")), str(one["number"])) for one in numbers or ()]


def _dialled(number: Phone) -> str:
    return f"{number.e164};ext={number.extension}" if number.extension else number.e164
