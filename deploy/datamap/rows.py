"""Every field that is about a person, and every other one beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from deploy.datamap import periods
from deploy.datamap.periods import Period
from deploy.schemas.contract import of_kind
from deploy.schemas.entities import Owned, owned
from deploy.schemas.kinds import Kind, kinds, name_of
from deploy.schemas.node import Node
from deploy.schemas.texts import Text, api_texts, of_event
from deploy.schemas.wiring import wirings
from libs.common.events.personal import CARRY, SECURE, USER, Personal

Where = Literal["collection", "event", "api"]


@dataclass(frozen=True)
class Field:
    """A personal field, where it is, and how long it is there."""

    name: str
    mark: Personal
    period: Period


@dataclass(frozen=True)
class Place:
    """A collection, an event, or a body or answer, with all its fields.

    `others` are about nobody, or say only when, how many, and yes or no.
    """

    service: str
    kind: Where
    name: str
    fields: tuple[Field, ...]
    others: tuple[str, ...]


# What lies in no collection: the disk of ingest, and the memory of the gateway.
BESIDE = (
    Place(
        "ingest",
        "collection",
        "spool (files)",
        (Field("frames", Personal("content", CARRY, "sealed"), periods.PUBLISHED),),
        (),
    ),
    Place(
        "gateway",
        "collection",
        "tries to sign in (memory)",
        (
            Field("address", Personal("usage", SECURE), periods.HOUR),
            Field("email", Personal("account", SECURE), periods.HOUR),
            Field("browser", USER, periods.HOUR),
        ),
        (),
    ),
)


def places() -> list[Place]:
    """All of them, in the order of the code."""
    return [*map(_collection, owned()), *BESIDE, *map(_event, kinds()), *_api()]


def _collection(each: Owned) -> Place:
    entity = each.entity
    personal = tuple(
        Field(name, mark, periods.of_document(entity, name))
        for name, mark in entity.personal.items()
    )
    others = tuple(name for name in ("_id", *entity.fields) if name not in entity.personal)
    return Place(each.service, "collection", entity.name, personal, others)


def _event(kind: Kind) -> Place:
    texts = {text.path: text for text in of_event(kind)}
    period = periods.of_event(kind)
    fields = tuple(Field(path, text.mark, period) for path, text in texts.items() if text.mark)
    every = [path for path, _ in Node.top(of_kind(kind)).walk()]
    others = tuple(dict.fromkeys(p for p in every if not (p in texts and texts[p].mark)))
    senders = ", ".join(each.service for each in wirings() if kind in each.emits)
    return Place(senders or "nobody", "event", name_of(kind), fields, others)


def _api() -> Iterator[Place]:
    for service, texts in api_texts().items():
        shapes = dict.fromkeys(text.shape for text in texts)
        for shape in shapes:
            yield _shape(service, shape, [text for text in texts if text.shape == shape])


def _shape(service: str, shape: str, texts: list[Text]) -> Place:
    fields = tuple(Field(text.path, text.mark, periods.IN_PASSING) for text in texts if text.mark)
    others = tuple(text.path for text in texts if not text.mark)
    return Place(service, "api", shape, fields, others)
