"""What an update makes of a document."""

from collections.abc import Mapping
from typing import Any

from pymongo.errors import WriteError

from libs.common.mongo import Document
from tests.support.memory.queries import is_operators
from tests.support.memory.values import at, rank, same

_MISSING = object()
_CONFLICT, _TYPE_MISMATCH, _IMMUTABLE = 40, 14, 66


def updated(document: Document, update: Mapping[str, Any], *, fresh: bool = False) -> Document:
    """The document afterwards; `fresh` says that it comes into being by this upsert.

    `document` may be changed. Raises ValueError, WriteError as the driver and the server do, and
    NotImplementedError for an operator not known here.
    """
    if not update or not all(name.startswith("$") for name in update):
        raise ValueError("update only works with $ operators")
    _no_conflicts([path for paths in update.values() for path in paths])
    key = document.get("_id", _MISSING)
    for name, paths in update.items():
        if name != "$setOnInsert" or fresh:
            for path, value in paths.items():
                _apply(document, name, path, value)
    if key is not _MISSING and not same(key, document.get("_id")):
        raise WriteError("the (immutable) field '_id' was altered", _IMMUTABLE)
    return document


def beginning(query: Mapping[str, Any]) -> Document:
    """The document an upsert begins with: the fields its query is equal to."""
    document: Document = {}
    for name, wanted in query.items():
        if not name.startswith("$") and not is_operators(wanted):
            _put(document, name, wanted)
    return document


def _no_conflicts(paths: list[str]) -> None:
    for i, one in enumerate(paths):
        for other in paths[i + 1 :]:
            if f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}."):
                raise WriteError(
                    f"Updating the path '{other}' would create a conflict at '{one}'", _CONFLICT
                )


def _apply(document: Document, name: str, path: str, value: Any) -> None:
    now = at(document, path, _MISSING)
    if name in ("$set", "$setOnInsert"):
        _put(document, path, value)
    elif name == "$unset":
        _take_out(document, path)
    elif name == "$inc":
        if now is not _MISSING and rank(now)[0] != rank(value)[0]:
            raise WriteError("Cannot apply $inc to a value of non-numeric type", _TYPE_MISMATCH)
        _put(document, path, value if now is _MISSING else now + value)
    elif name in ("$max", "$min"):
        higher = now is _MISSING or (
            rank(value) > rank(now) if name == "$max" else rank(value) < rank(now)
        )
        if higher:
            _put(document, path, value)
    elif name in ("$push", "$addToSet", "$pull"):
        _put(document, path, _list(name, path, now, value))
    else:
        raise NotImplementedError(f"the update operator {name}")


def _list(name: str, path: str, now: Any, value: Any) -> list[Any]:
    items = [] if now is _MISSING else now
    if not isinstance(items, list):
        raise WriteError(f"The field '{path}' must be an array", 2)
    if name == "$pull":
        if isinstance(value, dict):
            raise NotImplementedError("$pull with a condition")
        return [item for item in items if not same(item, value)]
    each = value["$each"] if isinstance(value, dict) and "$each" in value else [value]
    if isinstance(value, dict) and set(value) - {"$each", "$slice"} and "$each" in value:
        raise NotImplementedError(f"{name} with {sorted(value)}")
    if name == "$addToSet":
        for one in each:
            items = items if any(same(item, one) for item in items) else [*items, one]
        return items
    items = [*items, *each]
    last = value.get("$slice") if isinstance(value, dict) and "$each" in value else None
    if last is None:
        return items
    return items[last:] if last < 0 else items[:last]


def _put(document: Document, path: str, value: Any) -> None:
    *way, name = path.split(".")
    for part in way:
        document = document.setdefault(part, {})
        if not isinstance(document, dict):
            raise NotImplementedError(f"an update through {part}, which is no object")
    document[name] = value


def _take_out(document: Document, path: str) -> None:
    way, _, name = path.rpartition(".")
    holder = at(document, way) if way else document
    if isinstance(holder, dict):
        holder.pop(name, None)
