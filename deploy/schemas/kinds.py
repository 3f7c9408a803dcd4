"""The events there are, and what is fixed about each: its file, its URN, its topic, its key."""

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator

from libs.common import events
from libs.common.bus.topics import CATALOGUE, Topic
from libs.common.events.base import Event, major, record_key

Kind = type[Event]

_TOPICS = {topic.name: topic for topic in CATALOGUE}


class Contradiction(ValueError):
    """Parts of the code that should agree about events do not; the message says which."""


def kinds() -> tuple[Kind, ...]:
    """Every event: topics as the catalogue has them, then types as their modules have them."""
    order = list(_TOPICS)
    found = sorted(_defined(), key=lambda kind: order.index(topic_of(kind).name))
    for name, times in Counter(map(name_of, found)).items():
        if times > 1:
            raise Contradiction(f"{name}: {times} classes have this type; give each its own")
    return tuple(found)


def name_of(kind: Kind) -> str:
    """`call.started.v1`: the name of its files."""
    return f"{kind.TYPE}.{major(kind.TOPIC)}"


def urn_of(kind: Kind) -> str:
    """What `enclose` writes into the envelope's `dataschema`."""
    return f"urn:intnet:event:{kind.TYPE}:{major(kind.TOPIC)}"


def topic_of(kind: Kind) -> Topic:
    """Its topic in the catalogue. Raises Contradiction."""
    try:
        return _TOPICS[kind.TOPIC]
    except KeyError:
        raise Contradiction(
            f"{kind.TYPE}: no topic {kind.TOPIC}; add it to libs/common/bus/topics.py"
        ) from None


def key_of(kind: Kind) -> str:
    """The record key in names of fields, as in `tenant:session_id`.

    The event itself is asked, with the name of each field for its value.
    """
    names = {name: name for name in kind.model_fields}
    return record_key("tenant", kind.model_construct(None, **names).about()).decode()


def _defined() -> Iterator[Kind]:
    for found in pkgutil.iter_modules(events.__path__, f"{events.__name__}."):
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            ours = isinstance(value, type) and value.__module__ == module.__name__
            if ours and issubclass(value, Event) and hasattr(value, "TYPE"):
                yield value
