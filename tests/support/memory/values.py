"""Values as MongoDB keeps and compares them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import bson
from bson import ObjectId
from bson.codec_options import CodecOptions

from libs.common.mongo import Document

_OPTIONS: CodecOptions[Document] = CodecOptions(tz_aware=True, uuid_representation=4)
# "Comparison/Sort Order" of the MongoDB manual; numbers of all kinds are one kind.
_ORDER: tuple[type | tuple[type, ...], ...] = (
    type(None),
    (int, float),
    str,
    dict,
    list,
    bytes,
    ObjectId,
    bool,
    datetime,
)


def stored(document: Mapping[str, Any]) -> Document:
    """The document after its way into BSON and back: a copy, times cut to milliseconds."""
    return bson.decode(bson.encode(document, codec_options=_OPTIONS), _OPTIONS)


def kind(value: object) -> int:
    """The place of the value's type among the types."""
    if isinstance(value, bool):
        return _ORDER.index(bool)
    return next(i for i, types in enumerate(_ORDER) if isinstance(value, types))


def rank(value: Any) -> tuple[int, Any]:
    """Sorts any two values; a missing one is None."""
    return kind(value), 0 if value is None else value


def same(one: object, other: object) -> bool:
    """Whether MongoDB calls the two equal: 1 is 1.0, but not true."""
    return kind(one) == kind(other) and one == other


def at(document: Any, path: str, missing: Any = None) -> Any:
    """The value at a dotted path through objects alone."""
    for part in path.split("."):
        if not isinstance(document, dict) or part not in document:
            return missing
        document = document[part]
    return document


def reached(value: Any, path: Sequence[str]) -> list[Any]:
    """Every value a dotted path leads to: through arrays, and the elements of one at its end."""
    if not path:
        return [value, *value] if isinstance(value, list) else [value]
    if isinstance(value, list):
        return [found for one in value if isinstance(one, dict) for found in reached(one, path)] + [
            found
            for i, one in enumerate(value)
            if path[0] == str(i)
            for found in reached(one, path[1:])
        ]
    if isinstance(value, dict) and path[0] in value:
        return reached(value[path[0]], path[1:])
    return []
