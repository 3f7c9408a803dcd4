"""Probes inside a service: a journal of what it takes in hand, and a counter of its effects.

The journal is a file that a killed process leaves behind, one line per step. The counter is a
row per handler and thing, raised in the handler's own transaction: a second effect shows as 2,
where an idempotent write would hide it.
"""

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

from deploy.drill import faults
from libs.common.bus import Dispatch, Record
from libs.common.events import Event
from libs.common.keys import Keys
from libs.common.mongo import Entity, TenantScope, Work
from libs.common.service import Service, Together

EFFECTS = Entity("drill_effects", {"n": ("int", "long")}, ("n",))
_SCOPE = "_drill_scope"


def watch(service: str, journal: Path) -> None:
    """Notes when a record is taken in hand, and when that ends or fails."""
    file = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    take = Dispatch.take

    def note(step: str, record: Record) -> None:
        line = [time.time(), os.getpid(), service, step, record.place, _event(record), _key(record)]
        os.write(file, json.dumps(line).encode() + b"\n")  # one write: lines never mix

    @wraps(take)
    async def noted(self: Any, record: Record) -> None:
        note("begin", record)
        try:
            await take(self, record)
        except Exception:
            note("fail", record)
            raise
        note("end", record)

    Dispatch.take = noted  # type: ignore[method-assign]


def counted(service: Service[Any]) -> Service[Any]:
    """The service with every handler counting its effects."""

    def store(scope: TenantScope, keys: Keys) -> Any:
        made = service.store(scope, keys)
        setattr(made, _SCOPE, scope)
        return made

    entities = (*service.entities, EFFECTS) if service.entities else ()
    consumes = tuple((kind, _counted(handler)) for kind, handler in service.consumes)
    return replace(service, store=store, entities=entities, consumes=consumes)


def _counted(handler: Callable[..., Any] | Together) -> Callable[..., Any] | Together:
    """One that takes several at once knows itself what it has had: its entries can be counted."""
    return handler if isinstance(handler, Together) else _counting(handler)


def _counting(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Keeps the handler's name: the inbox knows it by that, and so do the points around it."""
    name = handler.__name__

    @wraps(handler)
    async def counting(fact: Event, store: Any, work: Work) -> None:
        await faults.point("handler.before")
        await faults.point(f"{name}.before")
        await handler(fact, store, work)
        row = {"_id": f"{name}:{fact.about()}"}
        effects = getattr(store, _SCOPE).collection(EFFECTS.name)
        await effects.update(row, {"$inc": {"n": 1}}, upsert=True)
        await faults.point("handler.after")
        await faults.point(f"{name}.after")

    return counting


def _event(record: Record) -> str:
    try:
        return str(json.loads(record.value or b"")["id"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def _key(record: Record) -> str:
    return (record.key or b"").decode(errors="replace")
