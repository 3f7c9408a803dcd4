"""What a person allowed or refused, written down once and never changed."""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

Action = Literal[
    "grant",
    "withdraw",
    "object",
    "end_objection",
    "suspect",
    "clear",
    "restrict",
    "end_restriction",
]
Purpose = Literal["marketing", "service", "profiling"]
Subject = Literal["marketing", "service", "profiling", "all"]
Channel = Literal["sms", "voice"]
Means = Literal[
    "sms", "api", "csv", "agent", "web", "voice", "paper", "provider", "provider_list", "erasure"
]

PURPOSES: Final[tuple[Purpose, ...]] = get_args(Purpose)
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)


def in_milliseconds(at: datetime) -> datetime:
    """The moment in UTC as the store keeps it: what is compared before is compared after."""
    return at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)


Moment = Annotated[AwareDatetime, AfterValidator(in_milliseconds)]


class Word(BaseModel):
    """What was said, as far as it decides what a person allows. `at` is when the person acted.

    `purpose` is `all` in a withdrawal, where the person wants to hear nothing more, and in a
    restriction. `collected_directly` is whether the person gave it to the agency.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    id: str
    action: Action
    purpose: Subject
    channel: Channel = "sms"
    at: Moment
    means: Means
    collected_directly: bool = True


class Act(Word):
    """What somebody did; `who` says so.

    `wording` is the version of the text that was agreed to. `message_id` is the provider's, where
    a text was the cause, or ours, where it could not be delivered. `fingerprint` tells the request
    from others under the same key; nobody is shown it.
    """

    who: str
    wording: str | None = None
    message_id: str | None = None
    fingerprint: str | None = Field(None, exclude=True)

    def by(self, now: datetime) -> "Act":
        """The act as told by a clock that is ahead of ours: it happened by now.

        A word that is said after it must count after it.
        """
        return self if self.at <= now else self.model_copy(update={"at": in_milliseconds(now)})


class Record(Act):
    """An act in the ledger: the `seq`-th of this person, written down at `recorded_at`."""

    subject: str
    seq: int
    recorded_at: Moment
