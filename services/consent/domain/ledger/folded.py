"""What a person's records come to, with all that is needed to go on from there."""

from typing import Final

from pydantic import BaseModel, ConfigDict

from libs.common.events import Permission
from services.consent.domain.ledger.record import Action, Channel, Moment, Purpose, Word
from services.consent.domain.ledger.state import State

_STRICTNESS: Final[dict[Action, int]] = {
    "grant": 0,
    "clear": 0,
    "end_objection": 0,
    "end_restriction": 0,
    "suspect": 1,
    "object": 1,
    "restrict": 1,
    "withdraw": 2,
}


class Held(BaseModel):
    """The last word for a purpose and channel; it may have been said of all of them."""

    model_config = ConfigDict(frozen=True)

    purpose: Purpose
    channel: Channel
    word: Word

    @property
    def permission(self) -> Permission:
        """As everybody is told."""
        return Permission(
            purpose=self.purpose,
            channel=self.channel,
            state="granted" if self.word.action == "grant" else "withdrawn",
            since=self.word.at,
            means=self.word.means,
            collected_directly=self.word.collected_directly,
            record_id=self.word.id,
        )


class Folded(BaseModel):
    """The first `seq` records of one person; `latest` is the last word among them by its time.

    `held` is in the order of purpose and channel. `suspected` are the channels on which the
    person may have asked for silence.
    """

    model_config = ConfigDict(frozen=True)

    seq: int
    latest: Word
    held: tuple[Held, ...]
    stopped_at: Moment | None
    suspected: tuple[Channel, ...]
    objected: bool
    restricted: bool = False

    @property
    def state(self) -> State:
        """What the person allows."""
        return State(
            permissions=tuple(held.permission for held in self.held),
            stopped_at=self.stopped_at,
            suspected=bool(self.suspected),
            objected=self.objected,
            restricted=self.restricted,
            changed_at=self.latest.at,
        )

    def precedes(self, word: Word) -> bool:
        """Whether the word comes after all that is folded, so that it can be folded in alone."""
        return place(self.latest) < place(word)


def place(word: Word) -> tuple[object, ...]:
    """Where a word stands among others: by its time, and at the same moment the stricter last."""
    return word.at, _STRICTNESS[word.action], not word.collected_directly, word.id
