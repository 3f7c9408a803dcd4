"""What becomes of a signed webhook: a fact of one tenant, nothing, or a place in quarantine."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from libs.common.events import Event, TenantSaved
from services.ingest.domain import calls, envelope, messages
from services.ingest.domain.envelope import Received
from services.ingest.domain.family import Family, Ignored, Reading
from services.ingest.domain.refusal import NotUnderstood, Why
from services.ingest.domain.routing import Routes, Unrouted


@dataclass(frozen=True)
class Accepted:
    """A fact of a tenant; `id` is the provider's event id, the same on every delivery."""

    id: str
    tenant: str
    fact: Event


@dataclass(frozen=True)
class Parked:
    """For the quarantine: why, and what it calls itself."""

    id: str
    reason: str
    type: str | None = None


Judgement = Accepted | Parked | Ignored

_FAMILIES = (calls.FAMILY, messages.FAMILY)


def judge(
    body: bytes, routes: Routes, reading: Callable[[TenantSaved], Reading], query: str = ""
) -> Judgement:
    """Decides on a body whose signature was verified; never raises for what is in it.

    `query` is that of the URL it was sent to, which nobody signed.
    """
    try:
        received = envelope.read(body, query)
    except NotUnderstood as refusal:
        return unread(body, str(refusal))
    try:
        return _decide(received, routes, reading)
    except NotUnderstood as refusal:
        return Parked(received.id, str(refusal), received.type)


def unread(body: bytes, reason: str) -> Parked:
    """For a webhook whose own id is not known: the same body is the same webhook."""
    return Parked(hashlib.sha256(body).hexdigest(), reason)


def _decide(
    received: Received, routes: Routes, reading: Callable[[TenantSaved], Reading]
) -> Judgement:
    family = _family(received.type)
    if received.type not in family.facts:
        return Ignored(received.type)
    tenant = routes.route(family.ends(received))
    if isinstance(tenant, Unrouted):
        return Parked(received.id, f"unrouted: {tenant.value}", received.type)
    fact = family.translate(received, reading(tenant))
    return fact if isinstance(fact, Ignored) else Accepted(received.id, tenant.tenant, fact)


def _family(kind: str) -> Family:
    found = next((family for family in _FAMILIES if family.knows(kind)), None)
    if found is None:
        raise NotUnderstood(Why.UNKNOWN_TYPE)
    return found
