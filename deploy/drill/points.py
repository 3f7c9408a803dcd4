"""Puts the fault points around the calls of a service, so that product code has none of them.

A point that a change of the product has moved is never reached; the experiment that needs it
is then inconclusive, not green.
"""

import importlib
from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from typing import Any

from deploy.drill import faults
from libs.common.bus import Consumer, Dispatch, Parking, Producer
from libs.common.events import Envelope, ErasureDone, ErasureOrdered
from libs.common.mongo import Mongo, Outbox


def insert(service: str) -> None:
    """Before the service is built: the points lie in its classes."""
    around(Dispatch, "take", before=faults.TAKING, after="dispatch.after")
    around(Mongo, "transaction", after="unit.committed")
    around(Outbox, "add", after="unit.before_commit")
    around(Consumer, "_batch", after="consumer.before_ack")
    around(Parking, "park", before="parking.before", after="parking.after")
    relay = "spool" if service == "ingest" else "outbox"
    around(Producer, "publish", before=f"{relay}.before_publish", after=f"{relay}.published")
    for kind in (ErasureOrdered.TYPE, ErasureDone.TYPE):
        telling(kind)
    if service == "ingest":
        spool = importlib.import_module("services.ingest.spool")
        around(spool.Delivery, "deliver", after="ingest.delivered")
        around(spool.Spool, "append", after="spool.synced")


def around(owner: Any, method: str, *, before: str = "", after: str = "") -> None:
    """Wraps a coroutine method of a class with one point or two."""
    original: Callable[..., Awaitable[Any]] = getattr(owner, method)

    @wraps(original)
    async def drilled(*args: Any, **named: Any) -> Any:
        if before:
            await faults.point(before)
        result = await original(*args, **named)
        if after:
            await faults.point(after)
        return result

    setattr(owner, method, drilled)


def telling(kind: str) -> None:
    """Two points around the publishing of events, where one of them is of this type."""
    publish = Producer.publish

    @wraps(publish)
    async def drilled(self: Producer, envelopes: Sequence[Envelope]) -> None:
        among = any(envelope.type == kind for envelope in envelopes)
        if among:
            await faults.point(f"{kind}.before_publish")
        await publish(self, envelopes)
        if among:
            await faults.point(f"{kind}.published")

    Producer.publish = drilled  # type: ignore[method-assign]
