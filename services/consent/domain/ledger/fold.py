"""The records of one person to what they allow now: the latest act of the person counts.

The same records give the same state, in whatever order they were written down. At the same
moment the stricter act comes last: a withdrawal wins over a grant.
"""

from collections.abc import Iterable
from typing import Final

from services.consent.domain.ledger.folded import Folded, Held, place
from services.consent.domain.ledger.record import PURPOSES, Channel, Purpose, Record, Word

MESSAGES: Final[frozenset[Purpose]] = frozenset({"marketing", "service"})
"""The purposes of messages: to allow one of them again is to be written to again."""


def fold(records: Iterable[Record], onto: Folded | None = None) -> Folded:
    """What the records come to, those before them being folded already in `onto`.

    Raises ValueError where there is no record, and where one is older than what is folded: it may
    change all that was said after it, so that the whole is to be folded.
    """
    ordered = sorted(records, key=place)
    if not ordered:
        raise ValueError("nobody has said anything: there is no state")
    if onto and not onto.precedes(ordered[0]):
        raise ValueError("a record is older than what is folded: fold all of them")
    reading = _Reading(onto)
    for record in ordered:
        reading.take(record)
    return Folded(
        seq=max(record.seq for record in ordered),
        latest=_word(ordered[-1]),
        held=tuple(
            Held(purpose=purpose, channel=channel, word=_word(reading.last[purpose, channel]))
            for purpose, channel in sorted(reading.last)
        ),
        stopped_at=reading.stopped_at,
        suspected=tuple(sorted(reading.suspected)),
        objected=reading.objected,
        restricted=reading.restricted,
    )


def _word(said: Word) -> Word:
    """What the state needs of a record, and no more."""
    return Word(**{name: getattr(said, name) for name in Word.model_fields})


class _Reading:
    """The state so far: the last word per purpose and channel, and what hangs over all of them."""

    def __init__(self, onto: Folded | None) -> None:
        self.last: dict[tuple[Purpose, Channel], Word] = {}
        self.stopped_at = onto.stopped_at if onto else None
        self.suspected = set(onto.suspected if onto else ())
        self.objected = onto.objected if onto else False
        self.restricted = onto.restricted if onto else False
        for held in onto.held if onto else ():
            self.last[held.purpose, held.channel] = held.word

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
            case "restrict" | "end_restriction":
                self.restricted = record.action == "restrict"

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
        granted = {about for about, held in self.last.items() if held.action == "grant"}
        for about in granted | {(purpose, record.channel) for purpose in PURPOSES}:
            held = self.last.get(about)
            if about[0] != "service" or held is None or not _by_name(held):
                self.last[about] = record
        self.stopped_at = record.at
        self.suspected.clear()

    def _lift(self) -> None:
        held = self.last.get(("service", "sms"))
        if held and held.purpose == "all":
            del self.last["service", "sms"]
        self.stopped_at = None


def _by_name(held: Word) -> bool:
    return held.action == "withdraw" and held.purpose != "all"
