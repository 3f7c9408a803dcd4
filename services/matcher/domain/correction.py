"""A record with some of its fields corrected, by the rules of a whole one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final

from libs.common.customers.correction import FIELDS, NUMBERS, wrong
from libs.common.events import CorrectionDone, CorrectionOrdered
from services.matcher.domain import entry
from services.matcher.domain.drafts import Draft, Phone

_PHONE: Final = tuple(part.name for part in fields(Phone))


def attempted(record: Mapping[str, Any], told: bytes, region: str) -> Draft | None:
    """The record as it should be; None where what is told (JSON) makes no customer of it.

    Fields are those of a customer as the API takes one: texts, ISO dates, and `numbers` as
    {"number", "label"}. One that is null is emptied.
    """
    try:
        change = json.loads(told)
        usable = isinstance(change, dict) and not wrong(change, region)
        return _corrected(record, change, region) if usable else None
    except ValueError:  # no JSON, or entry.Unusable
        return None


def _corrected(record: Mapping[str, Any], change: Mapping[str, Any], region: str) -> Draft:
    whole = {name: change.get(name, record[name]) for name in FIELDS}
    texts = {name: str(value) for name, value in whole.items() if value is not None}
    if NUMBERS in change:
        return entry.read(entry.Given(texts, _given(change[NUMBERS])), region)
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
