"""`$group` with the accumulators our stores use."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from libs.common.mongo import Document
from tests.support.memory.values import at, rank

_MISSING = object()


def grouped(
    documents: Sequence[Document], by: Any, sums: Mapping[str, Mapping[str, Any]]
) -> list[Document]:
    """One document per group, ordered by the group."""
    groups: list[tuple[Any, list[Document]]] = []
    for document in documents:
        key = _value(document, by)
        key = None if key is _MISSING else key
        members = next((members for known, members in groups if known == key), None)
        if members is None:
            groups.append((key, [document]))
        else:
            members.append(document)
    rows = [
        {"_id": key, **{name: _total(members, how) for name, how in sums.items()}}
        for key, members in groups
    ]
    return sorted(rows, key=lambda row: _rank(row["_id"]))


def _total(members: Sequence[Document], how: Mapping[str, Any]) -> Any:
    ((name, expression),) = how.items()
    values = [v for one in members if (v := _value(one, expression)) is not _MISSING]
    known = [value for value in values if value is not None]
    totals: Mapping[str, Callable[[], Any]] = {
        "$sum": lambda: sum(known),
        "$max": lambda: max(known, key=rank, default=None),
        "$min": lambda: min(known, key=rank, default=None),
        "$avg": lambda: sum(known) / len(known) if known else None,
    }
    if name not in totals:
        raise NotImplementedError(f"the accumulator {name}")
    return totals[name]()


def _value(document: Document, expression: Any) -> Any:
    if isinstance(expression, str) and expression.startswith("$"):
        return at(document, expression[1:], _MISSING)
    if not isinstance(expression, dict):
        return expression
    if "$dateTrunc" in expression:
        return _day(document, **expression["$dateTrunc"])
    if any(name.startswith("$") for name in expression):
        raise NotImplementedError(f"the expression {sorted(expression)}")
    parts = {name: _value(document, part) for name, part in expression.items()}
    return {name: part for name, part in parts.items() if part is not _MISSING}


def _day(document: Document, date: str, unit: str, timezone: str = "UTC") -> datetime | None:
    if unit != "day":
        raise NotImplementedError(f"$dateTrunc by {unit}")
    moment = _value(document, date)
    if not isinstance(moment, datetime):
        return None
    there = moment.astimezone(ZoneInfo(timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return there.astimezone(moment.tzinfo)


def _rank(value: Any) -> Any:
    if isinstance(value, dict):
        return [(name, rank(part)) for name, part in value.items()]
    return rank(value)
