"""What a person is shown of what consent keeps: words, what follows from them, and requests."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.consent.domain.ledger.suppression import Suppression

Shown = dict[str, Any]
Row = Mapping[str, Any]
Open = Callable[[Any], str | None]
"""Opens words that are sealed; None where there are none."""

_RECORD: Final = (
    *("action", "purpose", "channel", "at", "recorded_at", "means", "who", "wording"),
    *("collected_directly", "message_id"),
)
_PERMISSION: Final = ("purpose", "channel", "state", "since", "means", "collected_directly")
_STATE: Final = ("suppressed", "suspected", "objected", "restricted", "changed_at")
_REQUEST: Final = (
    *("id", "kind", "channel", "state", "received_at", "due_at", "opened_by"),
    *("breached_at", "closed_at"),
)


def record(row: Row) -> Shown:
    """One act in the ledger, with what proves it."""
    return _some(row, _RECORD)


def state(row: Row) -> Shown:
    """What holds of all that was said."""
    permissions = [_some(one, _PERMISSION) for one in row["permissions"]]
    return {**_some(row, _STATE), "permissions": permissions}


def suppression(number: str, entry: Suppression) -> Shown:
    """That the number is left alone, or was."""
    return {"number": number, "reason": entry.reason, "at": entry.at, "lifted_at": entry.lifted_at}


def request(row: Row, opened: Open) -> Shown:
    """A request as it stands, with the reasons that were given."""
    verified, longer, refusal = row.get("verified"), row.get("extension"), row.get("refusal")
    return {
        **_some({**row, "id": row["_id"]}, _REQUEST),
        "verified": verified and _verified(verified, opened),
        "more_time": longer
        and {**_some(longer, ("at", "first_due_at", "who")), "reason": opened(longer["reason"])},
        "refusal": refusal
        and {**_some(refusal, ("at", "ground", "who")), "reason": opened(refusal.get("sentence"))},
    }


def erasure(row: Row) -> Shown:
    """An erasure that was ordered."""
    return _some(row, ("begun_at", "completed_at"))


def _verified(row: Row, opened: Open) -> Shown:
    told = {"verified_by": row["who"], "reason": opened(row.get("reason"))}
    return {**_some(row, ("at", "by", "how")), **told}


def _some(row: Row, names: tuple[str, ...]) -> Shown:
    return {name: row.get(name) for name in names}
