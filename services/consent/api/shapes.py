"""What a caller tells of a person's consent, and what is answered."""

from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.common import clock, phone
from libs.common.events import ConsentChanged
from libs.common.events.personal import HEED, Personal
from libs.common.web import FieldError, Page, Problem
from services.consent.domain.ledger.book import Book
from services.consent.domain.ledger.dates import is_to_come, is_too_early
from services.consent.domain.ledger.mark import Mark
from services.consent.domain.ledger.purposes import Unfit, fitting
from services.consent.domain.ledger.record import Act, Action, Channel, Record, Subject

Number = Annotated[str, Personal("contact", HEED), Field(max_length=64)]
Wording = Annotated[str, Field(min_length=1, max_length=100)]

UNUSABLE_NUMBER: Final[dict[str, str]] = {
    str(fault): advice for fault, advice in phone.ADVICE.items()
}
UNUSABLE_ACT: Final = {
    "future": "This is still to come. Give the time of the act.",
    "too_early": "Nobody can have agreed then. Check the year.",
    "unfit_purpose": "Name the purpose: marketing, service, profiling.",
}
"""What `unusable` answers of a number and of an act, by code."""


class Whose(BaseModel):
    """A number in any usual spelling; without `+` it is read in the agency's region."""

    model_config = ConfigDict(extra="forbid")

    number: Number

    def e164(self, region: str) -> str:
        """As it is dialled. Raises Problem 422 where it is none."""
        found = phone.parse(self.number, region)
        if isinstance(found, phone.NotANumber):
            raise unusable(found.code, "number", found.explanation)
        return found.e164


class ConsentIn(Whose):
    """What a person allowed or refused, how, and when (by default now).

    A grant and a withdrawal name their purpose; `all` withdraws everything and suppresses the
    number. `wording` is the version of the text that the person agreed to.
    """

    action: Action
    purpose: Subject | None = None
    channel: Channel = "sms"
    at: AwareDatetime | None = None
    means: Literal["api", "agent", "web", "voice", "paper", "sms"]
    wording: Wording | None = None
    collected_directly: bool = True

    def told(self) -> dict[str, object]:
        """The body as it was sent, as JSON."""
        return self.model_dump(mode="json", exclude_unset=True)

    def act(self, who: str, mark: Mark) -> Act:
        """The act to be written down. Raises Problem 422."""
        now = clock.now()
        at = self.at or now
        if is_to_come(at, now):
            raise unusable("future", "at", UNUSABLE_ACT["future"])
        if is_too_early(at):
            raise unusable("too_early", "at", UNUSABLE_ACT["too_early"])
        told = self.model_dump(exclude={"number", "purpose", "at"})
        return Act(
            id=mark.id,
            fingerprint=mark.fingerprint,
            purpose=self._fitting(),
            at=at,
            who=who,
            **told,
        ).by(now)

    def _fitting(self) -> Subject:
        try:
            return fitting(self.action, self.purpose)
        except Unfit as unfit:
            raise unusable("unfit_purpose", "purpose", str(unfit)) from None


class Written(BaseModel):
    """The record as it stands in the ledger, and what the person allows with it."""

    record: Record
    state: ConsentChanged

    @classmethod
    def of(cls, book: Book, record: Record) -> "Written":
        """A record of the book, and the state that follows from the whole book."""
        return cls.model_validate({"record": record, "state": book.told})


class History(Page[Record]):
    """What a person allows, and the records that prove it, the last written first."""

    state: ConsentChanged


def unusable(code: str, field: str, detail: str) -> Problem:
    """The answer to a field that cannot be used."""
    error = FieldError(pointer=f"#/{field}", detail=detail)
    return Problem(422, code, detail, errors=[error])
