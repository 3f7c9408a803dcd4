"""Which service gives and takes which events, as its `app.py` says."""

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from deploy.schemas.kinds import Kind
from libs.common.bus.topics import SERVICES
from libs.common.events import AuditNoted, ErasureOrdered, TenantClosed, TenantSaved

ROOT = Path(__file__).parents[2]

# Running reads these in every process, so no service lists them.
_EVERYWHERE: tuple[Kind, ...] = (TenantSaved, TenantClosed, ErasureOrdered)
# And publishes this for every process, where something was noted.
_NOTED: tuple[Kind, ...] = (AuditNoted,)


@dataclass(frozen=True)
class Wiring:
    """One service: what it emits, takes in its consumer group, and follows without a group."""

    service: str
    emits: tuple[Kind, ...]
    consumes: tuple[Kind, ...]
    follows: tuple[Kind, ...]


def wirings(services: Iterable[str] = SERVICES) -> tuple[Wiring, ...]:
    """Every service that has an `app.py`."""
    there = (name for name in services if (ROOT / "services" / name / "app.py").is_file())
    return tuple(wiring_of(name, importlib.import_module(f"services.{name}.app")) for name in there)


def wiring_of(service: str, app: ModuleType) -> Wiring:
    """Reads CONSUMES, EMITS and FOLLOWS; a part that is missing is empty."""
    consumed = (kind for kind, _ in getattr(app, "CONSUMES", ()))
    return Wiring(
        service,
        emits=_once((*getattr(app, "EMITS", ()), *_NOTED)),
        consumes=_once(consumed),
        follows=_once((*getattr(app, "FOLLOWS", ()), *_EVERYWHERE)),
    )


def _once(kinds: Iterable[Kind]) -> tuple[Kind, ...]:
    """A type can have several handlers."""
    return tuple(dict.fromkeys(kinds))
