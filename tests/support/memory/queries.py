"""Which documents fit, in which order, and which of their fields are shown."""

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from libs.common.mongo import Document
from tests.support.memory.values import at, kind, rank, reached, same

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "$lt": operator.lt,
    "$lte": operator.le,
    "$gt": operator.gt,
    "$gte": operator.ge,
}

_KINDS = {"binData": kind(b""), "string": kind(""), "date": kind(datetime.fromtimestamp(0, UTC))}


def fits(document: Document, query: Mapping[str, Any]) -> bool:
    """Whether the document fits. Raises NotImplementedError for an operator not known here."""
    return all(_clause(document, name, wanted) for name, wanted in query.items())


def ordered(documents: Sequence[Document], sort: Sequence[tuple[str, int]]) -> list[Document]:
    """The documents in this order, stable; a missing field comes first."""
    found = list(documents)
    for path, direction in reversed(sort):
        if any(isinstance(at(one, path), list) for one in found):
            raise NotImplementedError(f"sorting by the array {path}")
        found.sort(key=lambda one: rank(at(one, path)), reverse=direction < 0)
    return found


def shown(document: Document, fields: Mapping[str, Any] | None) -> Document:
    """The part of the document that is asked for: all of it, these fields, or all but these."""
    if not fields:
        return document
    if any("." in name for name in fields):
        raise NotImplementedError("a projection of a dotted path")
    wanted = {name for name, on in fields.items() if on}
    if wanted:
        keep = wanted | ({"_id"} if fields.get("_id", 1) else set())
        return {name: value for name, value in document.items() if name in keep}
    return {name: value for name, value in document.items() if fields.get(name, 1)}


def is_operators(wanted: object) -> bool:
    """Whether this is `{"$lt": ...}`, and not a value to be equal to."""
    return isinstance(wanted, dict) and any(name.startswith("$") for name in wanted)


def _clause(document: Document, name: str, wanted: Any) -> bool:
    if name == "$or":
        return any(fits(document, part) for part in wanted)
    if name == "$and":
        return all(fits(document, part) for part in wanted)
    if name.startswith("$"):
        raise NotImplementedError(f"the query operator {name}")
    values = reached(document, name.split("."))
    if is_operators(wanted):
        return all(_operator(values, op, argument) for op, argument in wanted.items())
    return _equal(values, wanted)


def _operator(values: list[Any], name: str, argument: Any) -> bool:
    if name == "$exists":
        return bool(values) == bool(argument)
    if name == "$ne":
        return not _equal(values, argument)
    if name == "$in":
        return any(_equal(values, one) for one in argument)
    if name == "$nin":
        return not any(_equal(values, one) for one in argument)
    if name == "$type":
        return any(kind(value) == _KINDS[argument] for value in values)
    if name not in _COMPARISONS:
        raise NotImplementedError(f"the query operator {name}")
    # A comparison holds between values of one type only.
    compare = _COMPARISONS[name]
    alike = (value for value in values if kind(value) == kind(argument))
    return any(compare(rank(value), rank(argument)) for value in alike)


def _equal(values: list[Any], wanted: Any) -> bool:
    return any(same(value, wanted) for value in values) or (wanted is None and not values)
