"""What is shown of a request that was done: plain JSON, and the SHA-256 of its canonical form.

Canonical is RFC 8785 for what stands in it: members sorted, no blanks, UTF-8. It holds no number,
no name and no text. `trail` says under which objects the agency's audit trail tells of it: its
places there are not known yet, since the entry of its digest is sealed after it is made.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from services.consent.domain.rights.erasure import Erasure, Leg
from services.consent.domain.rights.request import Request

TOPIC_DAYS: Final = 31
"""After which no topic but the audit's holds a record about the person: 30 days, and a day until
a segment is closed."""

COMPLETED: Final = "erasure.completed"
"""The action of the entry that holds the digest of the certificate."""

_KEPT: Final = (
    (
        "suppression_code",
        "So that the person is not written to again: a keyed code of the number, no number.",
    ),
    (
        "consent_evidence",
        "What was agreed to and taken back, under a code: it must be possible to show (GDPR "
        "Article 7(1), PDPL Implementing Regulation Article 11).",
    ),
    (
        "request",
        "That and how the request was handled, without the number (PDPL Implementing Regulation "
        "Article 3(1)(d)).",
    ),
    (
        "audit",
        "Who did what and when; it holds no personal data, and the link to the person is deleted.",
    ),
)


def of_erasure(tenant: str, erasure: Erasure, at: datetime) -> str:
    """The certificate of an erasure that is done: the same for every request it was done for."""
    told: dict[str, Any] = {
        "kind": "erasure",
        "tenant": tenant,
        "erasure": erasure.id,
        "requests": sorted(erasure.requests),
        "person": erasure.subject,
        "further_numbers": len(erasure.legs) - 1,
        "ordered_at": _moment(erasure.begun_at),
        "erased_until": _moment(erasure.at),
        "completed_at": _moment(at),
        "ledger_record": erasure.record,
        "stores": _stores(erasure.legs),
        "kept": _kept(at),
        "trail": {"objects": [erasure.id, *sorted(erasure.requests)], "sha256_in": COMPLETED},
    }
    return canonical(told)


def of_other(tenant: str, request: Request, at: datetime) -> str:
    """The certificate of a request of another kind."""
    told: dict[str, Any] = {
        "kind": request.kind,
        "tenant": tenant,
        "requests": [request.id],
        "person": request.subject,
        "received_at": _moment(request.received_at),
        "completed_at": _moment(at),
        "outcome": request.state,
        "trail": {"objects": [request.id]},
    }
    return canonical(told)


def canonical(told: Mapping[str, Any]) -> str:
    """The JSON over which the digest is taken."""
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(text: str) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _stores(legs: Sequence[Leg]) -> list[dict[str, Any]]:
    deleted: dict[str, Counter[str]] = {}
    rounds: Counter[str] = Counter()
    for side in (side for leg in legs for side in leg.sides):
        deleted.setdefault(side.store, Counter()).update(side.deleted)
        rounds[side.store] = max(rounds[side.store], *side.rounds)
    return [
        {"store": store, "rounds": rounds[store], "deleted": dict(deleted[store])}
        for store in sorted(deleted)
    ]


def _kept(at: datetime) -> list[dict[str, str]]:
    kept = [{"what": what, "ground": ground} for what, ground in _KEPT]
    until = _moment(at + timedelta(days=TOPIC_DAYS))
    sealed = "Events on their way, whose texts and orders are sealed; they go by themselves."
    return [*kept, {"what": "event_topics", "ground": sealed, "until": until}]


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
