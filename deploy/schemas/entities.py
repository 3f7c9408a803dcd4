"""The kinds of documents there are, by service, and what is wrong in what they declare.

They are found where they stand: every module of a store, and every module of the libraries. A
collection that no store declares does not come into being, and the server refuses a field that
its entity does not have.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType

from libs import common
from libs.common.bus.topics import SERVICES
from libs.common.mongo import Entity

EVERY = "every service"
_WORDS = {"string", "binData", "object", "array"}


@dataclass(frozen=True)
class Owned:
    """An entity, and the service whose it is, or EVERY."""

    service: str
    entity: Entity


def owned(services: Iterable[str] = SERVICES) -> list[Owned]:
    """All of them: those of the libraries first, then service by service."""
    shared = list(_inside(common))
    found = [Owned(EVERY, entity) for entity in shared]
    for service in services:
        store = importlib.import_module(f"services.{service}.store")
        found += [Owned(service, entity) for entity in _inside(store) if entity not in shared]
    return found


def faults(entity: Entity) -> Iterator[str]:
    """What is wrong, a sentence each; nothing where all that could hold words is declared."""
    personal = {field.partition(".")[0] for field in entity.personal}
    for field in ("_id", *entity.fields):
        could = field == "_id" or _WORDS & set(entity.fields[field])
        if could and field not in personal and field not in entity.plain:
            yield (
                f"{entity.name}.{field} could hold words: say in `personal` what it is, "
                "or name it in `plain`"
            )
        if field in personal and field in entity.plain:
            yield f"{entity.name}.{field} is in `personal` and in `plain`: it is one of them"
    for field in sorted((personal | set(entity.plain)) - {"_id", *entity.fields}):
        yield f"{entity.name}.{field} is declared and no field of it"


def _inside(package: ModuleType) -> Iterator[Entity]:
    """The entities that the package's modules have, each once."""
    found: dict[int, Entity] = {}
    for module in _modules(package):
        for value in vars(module).values():
            if isinstance(value, Entity):
                found.setdefault(id(value), value)
    yield from found.values()


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for below in pkgutil.walk_packages(getattr(package, "__path__", ()), f"{package.__name__}."):
        yield importlib.import_module(below.name)
