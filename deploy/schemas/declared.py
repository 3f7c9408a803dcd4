"""Whether everything says what it is: documents, events, bodies, answers, parameters."""

from collections.abc import Iterator

from deploy.schemas.entities import faults, owned
from deploy.schemas.kinds import kinds
from deploy.schemas.texts import Text, api_texts, of_event
from libs.common.events.personal import PURPOSES, Personal

_WHAT_TO_DO = (
    "mark the field with Personal(category, purpose), or say in deploy/schemas/plain.py what it is"
)


def undeclared() -> list[str]:
    """A sentence per field that does not say what it is; empty if all do."""
    return [*_in_documents(), *_in_texts()]


def marks() -> Iterator[tuple[str, Personal]]:
    """Every declaration there is, with its place."""
    for each in owned():
        for field, mark in each.entity.personal.items():
            yield f"{each.service}: {each.entity.name}.{field}", mark
    for text in _texts():
        if text.mark:
            yield text.name, text.mark


def strangers() -> list[str]:
    """A sentence per declaration whose purpose is none of the list."""
    return [
        f"{place}: `{mark.purpose}` is no purpose of libs/common/events/personal.py"
        for place, mark in marks()
        if mark.purpose not in PURPOSES
    ]


def _in_documents() -> Iterator[str]:
    for each in owned():
        yield from (f"{each.service}: {fault}" for fault in faults(each.entity))


def _in_texts() -> Iterator[str]:
    for text in _texts():
        if text.undeclared:
            yield f"{text.name} says not what it is: {_WHAT_TO_DO}"


def _texts() -> Iterator[Text]:
    for kind in kinds():
        yield from of_event(kind)
    for texts in api_texts().values():
        yield from texts
