"""Who is calling: the matcher's answer for one call."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import AwareDatetime

from libs.common.events.base import Event, Fact
from libs.common.events.personal import RECOGNISE, SHOW, Personal

Name = Annotated[str, Personal("identity", RECOGNISE)]
Contract = Annotated[str, Personal("contract", SHOW)]
ContractDay = Annotated[date, Personal("contract", SHOW)]


class Reason(Fact):
    """Why a candidate is one: a code for programs, a sentence for people."""

    code: str
    sentence: Contract


class Candidate(Fact):
    """One customer who may be calling; `confidence` is from 0 to 1."""

    customer_id: str
    name: Name | None = None
    confidence: float
    reasons: tuple[Reason, ...]
    status: Contract | None = None
    renewal_on: ContractDay | None = None
    customer_since: ContractDay | None = None


class CallMatched(Event):
    """The ordered candidates for a call.

    `outcome` is matched (the first stands out), ambiguous (the agent chooses), unknown,
    withheld, or not_a_person (short code, toll-free and the like). Of a person whose data is
    restricted nobody is named: `outcome` is unknown.
    `shared_by` counts the customers with exactly this number. `matched_at` is when the records
    were read, not when it rang.
    """

    TYPE: ClassVar[str] = "call.matched"
    TOPIC: ClassVar[str] = "matches.v1"

    session_id: str
    subject: str | None = None
    outcome: str
    candidates: tuple[Candidate, ...] = ()
    shared_by: int = 0
    matched_at: AwareDatetime | None = None

    def about(self) -> str:
        """The call session."""
        return self.session_id

    @property
    def best(self) -> Candidate | None:
        """The first candidate."""
        return self.candidates[0] if self.candidates else None


class MessageMatched(Event):
    """The ordered candidates for who wrote; the fields are those of `call.matched`."""

    TYPE: ClassVar[str] = "message.matched"
    TOPIC: ClassVar[str] = "matches.v1"

    message_id: str
    subject: str
    outcome: str
    candidates: tuple[Candidate, ...] = ()
    shared_by: int = 0
    matched_at: AwareDatetime | None = None

    def about(self) -> str:
        """The person."""
        return self.subject

    @property
    def best(self) -> Candidate | None:
        """The first candidate."""
        return self.candidates[0] if self.candidates else None
