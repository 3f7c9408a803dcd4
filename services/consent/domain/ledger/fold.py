"""The records of one person to what they allow now: the latest act of the person counts.

The same records give the same state, in whatever order they were written down. At the same
moment the stricter act comes last: a withdrawal wins over a grant.
"""

from collections.abc import Iterable
from typing import Final, Literal

from libs.common.events import Permission
from services.consent.domain.ledger.record import PURPOSES, Channel, Purpose, Record
from services.consent.domain.ledger.state import State

Place = tuple[Purpose, Channel]

MESSAGES: Final[frozenset[Purpose]] = frozenset({"marketing", "service"})
"""The purposes of messages: to allow one of them again is to be written to again."""

_STRICTNESS: Final = {
    "grant": 0,
    "clear": 0,
    "end_objection": 0,
    "suspect": 1,
    "object": 1,
    "withdraw": 2,
}


def fold(records: Iterable[Record]) -> State:
    """The state after these records. Raises ValueError where there is none."""
    ordered = sorted(records, key=_place)
    if not ordered:
        raise ValueError("nobody has said anything: there is no state")
    reading = _Reading()
    for record in ordered:
        reading.take(record)
    return State(
        permissions=tuple(
            _permission(place, reading.last[place]) for place in sorted(reading.last)
        ),
        stopped_at=reading.stop.at if reading.stop else None,
        suspected=bool(reading.suspected),
        objected=reading.objected,
        changed_at=ordered[-1].at,
    )


def _place(record: Record) -> tuple[object, ...]:
    return record.at, _STRICTNESS[record.action], not record.collected_directly, record.id


def _permission(place: Place, record: Record) -> Permission:
    purpose, channel = place
    return Permission(
        purpose=purpose,
        channel=channel,
        state=_state(record),
        since=record.at,
        means=record.means,
        collected_directly=record.collected_directly,
        record_id=record.id,
    )


def _state(record: Record) -> Literal["granted", "withdrawn"]:
    return "granted" if record.action == "grant" else "withdrawn"


class _Reading:
    """The state so far: the last word per purpose and channel, and what hangs over all of them."""

    def __init__(self) -> None:
        self.last: dict[Place, Record] = {}
        self.stop: Record | None = None
        self.suspected: set[Channel] = set()
        self.objected = False

    def take(self, record: Record) -> None:
        match record.action:
            case "grant" | "withdraw":
                self._decide(record)
            case "suspect":
                self.suspected.add(record.channel)
            case "clear":
                self.suspected.clear()
            case "object" | "end_objection":
                self.objected = record.action == "object"

    def _decide(self, record: Record) -> None:
        purpose = record.purpose
        if purpose == "all":
            return self._stop(record)
        if purpose == "marketing":
            self.suspected.discard(record.channel)
        if record.action == "grant" and record.channel == "sms" and purpose in MESSAGES:
            self._lift()
        self.last[purpose, record.channel] = record

    def _stop(self, record: Record) -> None:
        """One word revokes all: every purpose, and what was granted on other channels.

        A service message needs no consent, so that it is refused only as long as the stop holds,
        unless the person had refused it by name.
        """
        granted = {place for place, held in self.last.items() if held.action == "grant"}
        for place in granted | {(purpose, record.channel) for purpose in PURPOSES}:
            held = self.last.get(place)
            if place[0] != "service" or held is None or not _by_name(held):
                self.last[place] = record
        self.stop = record
        self.suspected.clear()

    def _lift(self) -> None:
        held = self.last.get(("service", "sms"))
        if held and held.purpose == "all":
            del self.last["service", "sms"]
        self.stop = None


def _by_name(held: Record) -> bool:
    return held.action == "withdraw" and held.purpose != "all"
