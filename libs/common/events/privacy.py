"""What is done with one person's data at that person's request: orders, and each store's answer.

Consent orders, every service that may hold the person answers. A request may be about several
numbers, so about several subjects; each order is about one. Numbers and texts are sealed.
"""

from typing import Annotated, ClassVar

from pydantic import AwareDatetime

from libs.common.events.base import Event, Fact
from libs.common.events.personal import ANSWER, Personal

SealedPart = Annotated[str, Personal("content", ANSWER, "sealed")]
SealedChange = Annotated[str, Personal("identity", ANSWER, "sealed")]
SealedNumber = Annotated[str, Personal("contact", ANSWER, "sealed")]
SealedWords = Annotated[str, Personal("content", ANSWER, "sealed")]

PART_FIELD = "privacy.part"
CHANGE_FIELD = "privacy.change"
NUMBER_FIELD = "privacy.number"
WORDS_FIELD = "privacy.words"
"""What sealed bytes of these events are bound to."""


class Order(Event):
    """What the orders share. `request_id` is consent's; `at` is when it was decided.

    `customers` are the records of matcher that the tenant says are this person's; None where no
    two records hold the number, and then whichever does.
    """

    TOPIC: ClassVar[str] = "privacy.v1"

    request_id: str
    subject: str
    at: AwareDatetime

    def about(self) -> str:
        """The request."""
        return self.request_id


class HoldersAsked(Order):
    """Say whose records hold this number: before an order that names none may go out."""

    TYPE: ClassVar[str] = "holders.asked"


class ErasureOrdered(Order):
    """Delete this person, and take in nothing any more that happened until `at`.

    `round` counts from 1. A store that answers a round ordered some seconds after the first with
    nothing found is done: what was being written while the first one came is gone too.
    """

    TYPE: ClassVar[str] = "erasure.ordered"

    customers: tuple[str, ...] | None = None
    round: int = 1


class ExportOrdered(Order):
    """Hand over all that is kept of this person."""

    TYPE: ClassVar[str] = "export.ordered"
    ASKS: ClassVar[bool] = True

    customers: tuple[str, ...] | None = None


class CorrectionOrdered(Order):
    """Change fields of one customer's record. `sealed` is JSON: field to new value."""

    TYPE: ClassVar[str] = "correction.ordered"

    customer_id: str
    sealed: SealedChange


class WordOrdered(Order):
    """Send this person a text about a request.

    `message_class` is one_time_code or confirmation. It is of no use after `valid_until`.
    """

    TYPE: ClassVar[str] = "word.ordered"

    message_class: str
    party: SealedNumber
    sealed: SealedWords
    valid_until: AwareDatetime


class RetentionOrdered(Event):
    """How long the tenant wants data of a category kept, in whole days; None is the profile's."""

    TYPE: ClassVar[str] = "retention.ordered"
    TOPIC: ClassVar[str] = "privacy.v1"

    category: str
    days: int | None
    version: int

    def about(self) -> str:
        """The category."""
        return self.category


class Count(Fact):
    """How many documents of one collection were deleted, or corrected."""

    collection: str
    documents: int


class Answer(Event):
    """What the answers share. `store` is the service's name."""

    TOPIC: ClassVar[str] = "privacy-results.v1"

    request_id: str
    subject: str
    store: str
    at: AwareDatetime

    def about(self) -> str:
        """The request."""
        return self.request_id


class HoldersTold(Answer):
    """The records with the number, sorted; none where it is on no file."""

    TYPE: ClassVar[str] = "holders.told"

    customers: tuple[str, ...] = ()


class ErasureDone(Answer):
    """A store has deleted what it found in this round.

    `others` are further subjects of the customers it deleted, whom no other customer has.
    """

    TYPE: ClassVar[str] = "erasure.done"

    round: int
    deleted: tuple[Count, ...] = ()
    others: tuple[str, ...] = ()


class ExportPart(Answer):
    """A piece of what a store has: `index` of `parts`, from 0.

    `sealed` is JSON under the tenant's text key, in base64: {"collection": [rows]}, the rows with
    plain values. A store that has nothing answers one part with {}.
    """

    TYPE: ClassVar[str] = "export.part"

    index: int
    parts: int
    sealed: SealedPart


class CorrectionDone(Answer):
    """A store has taken a correction in, or has not; then `found` is False.

    It has no such record; or it refuses for a `reason`, in a word: number_erased (a number
    that the correction adds is of somebody who was erased), unusable_values.
    """

    TYPE: ClassVar[str] = "correction.done"

    customer_id: str
    found: bool
    reason: str | None = None
