"""Defects on purpose, for the negative controls: each must turn a drill red.

`python -m deploy.drill.launch SERVICE` applies the one that DRILL_BROKEN names.
"""

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from libs.common.bus import consumer
from libs.common.events import Envelope, TenantSaved
from libs.common.mongo import DuplicateKeyError, Outbox, Unit, Units


def apply(name: str) -> None:
    """Breaks the process. Raises KeyError where there is no such defect."""
    DEFECTS[name]()


def _acknowledged_first() -> None:
    """FastStream's default policy: the position is committed by the clock."""
    policies = importlib.import_module("libs.common.bus.consumer").AckPolicy
    consumer._BROKER["ack_policy"] = policies.ACK_FIRST


def _no_inbox() -> None:
    async def once(
        self: Any,
        tenant: TenantSaved,
        cause: Envelope,
        handler: str,  # noqa: ARG001 - the interface
        body: Callable[[Any, Any], Awaitable[None]],
    ) -> bool:
        await self._together([Unit(tenant, cause.id, body)])
        return True

    Units.once = once  # type: ignore[method-assign]


def _inbox_without_tenant() -> None:
    async def once(
        self: Any,
        tenant: TenantSaved,
        cause: Envelope,
        handler: str,
        body: Callable[[Any, Any], Awaitable[None]],
    ) -> bool:
        try:
            await self._together([Unit(tenant, cause.id, body, f"{handler}:{cause.id}")])
        except DuplicateKeyError:
            return False
        return True

    Units.once = once  # type: ignore[method-assign]


def _answer_before_ack() -> None:
    """200 at once; the delivery goes on beside it, and dies with the process."""
    delivery = importlib.import_module("services.ingest.spool").Delivery
    deliver = delivery.deliver
    going_on: set[asyncio.Future[None]] = set()

    async def early(self: Any, envelope: Envelope) -> None:
        going = asyncio.ensure_future(deliver(self, envelope))
        going_on.add(going)
        going.add_done_callback(going_on.discard)

    delivery.deliver = early


def _no_poll() -> None:
    """The relay publishes what it is handed, and never looks for what is left over."""

    async def sweep(_: Any) -> None:
        await asyncio.Event().wait()

    Outbox._sweep = sweep  # type: ignore[method-assign, assignment]


def _retry_unknown() -> None:
    """An attempt without an answer is taken for one that failed, and made again."""
    outcome: Any = importlib.import_module("services.messaging.domain.outcome")
    judged = outcome.of

    def of(answer: Any, attempt: Any) -> Any:
        found = judged(answer, attempt)
        doubtful = isinstance(found, outcome.Unknown)
        return outcome.Again(timedelta(seconds=1), found.code) if doubtful else found

    outcome.of = of


def _forgets_to_erase() -> None:
    """insights answers every order, and deletes nothing."""

    async def nothing(*_: Any) -> dict[str, int]:
        return {"calls": 0}

    erasing = importlib.import_module("services.insights.store.erasing").Erasing
    if not hasattr(erasing, "of"):
        raise AttributeError("insights erases elsewhere now: this defect would change nothing")
    erasing.of = nothing


DEFECTS: dict[str, Callable[[], None]] = {
    "acknowledged_first": _acknowledged_first,
    "no_inbox": _no_inbox,
    "inbox_without_tenant": _inbox_without_tenant,
    "answer_before_ack": _answer_before_ack,
    "no_poll": _no_poll,
    "retry_unknown": _retry_unknown,
    "forgets_to_erase": _forgets_to_erase,
}
