"""What is told of a request, and what is answered."""

import json
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from libs.common import clock
from libs.common.customers.correction import wrong
from libs.common.events.personal import ANSWER, Personal
from libs.common.web import FieldError, Moment, Problem
from services.consent.api.shapes import Whose, unusable
from services.consent.domain.ledger.dates import is_to_come
from services.consent.domain.ledger.record import in_milliseconds
from services.consent.domain.rights.masking import mask
from services.consent.domain.rights.request import Channel, Ground, How, Kind, Request, Status
from services.consent.store import Store

FieldName = Annotated[str, Field(pattern="^[a-z][a-z_]{0,39}$")]
CustomerId = Annotated[str, Field(min_length=1, max_length=100)]
Words = Annotated[str, Field(min_length=1, max_length=300)]
UNUSABLE_REQUEST: Final = {
    "future": "This is still to come. Give the time at which the request came.",
    "unusable_correction": "Correct the values named below.",
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RequestIn(Whose):
    """What a person asks for, and on which channel it came; by default just now.

    `customers` are the records of yours that are this person's, where others have the number too.
    Where you leave them out and several have it, the request waits until you name them.
    A correction names one of them, and the new values of its fields, as a customer has them:
    `external_id`, `name`, `email`, `status`, `renewal_on`, `customer_since`, `language`, or
    `numbers`, all of them, each with `number` and `label`. Null empties a field.
    """

    kind: Kind
    channel: Literal["api", "agent", "oral", "email", "post", "web"]
    received_at: Moment | None = None
    customers: Annotated[list[CustomerId], Field(min_length=1, max_length=50)] | None = None
    correction: Annotated[dict[FieldName, JsonValue], Field(min_length=1, max_length=30)] | None = (
        None
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        corrects = self.kind == "correction"
        if corrects != (self.correction is not None):
            raise _odd("Give `correction` for a correction, and for nothing else.")
        if corrects and len(self.customers or ()) != 1:
            raise _odd("A correction is of one record: name it in `customers`.")
        return self

    def told(self) -> dict[str, object]:
        """The body as it was sent, as JSON."""
        return self.model_dump(mode="json", exclude_unset=True)

    def came_at(self) -> datetime:
        """When it came. Raises Problem 422 where that is still to come."""
        now = clock.now()
        at = self.received_at or now
        if is_to_come(at, now):
            raise unusable("future", "received_at", UNUSABLE_REQUEST["future"])
        return in_milliseconds(min(at, now))

    def change(self, region: str) -> str | None:
        """The correction as JSON. Raises Problem 422 with a pointer to each value at fault."""
        if self.correction is None:
            return None
        found = wrong(self.correction, region)
        if found:
            errors = [
                FieldError(pointer=f"#/correction/{one.at}", detail=one.explanation)
                for one in found
            ]
            raise Problem(
                422, "unusable_correction", "Correct the values named below.", errors=errors
            )
        return json.dumps(self.correction, ensure_ascii=False)


class CodeIn(_Strict):
    """The code that the person got."""

    code: Annotated[str, Field(pattern="^[0-9]{6}$")]


class AttestIn(_Strict):
    """How somebody made sure who asks, and what was seen or heard."""

    how: How
    reason: Words


class NameIn(_Strict):
    """The records of yours that are this person's; ids of `holders`."""

    customers: Annotated[list[CustomerId], Field(min_length=1, max_length=50)]


class ExtendIn(_Strict):
    """Why it takes longer; the person is told so in these words."""

    reason: Words


class RefuseIn(_Strict):
    """Why nothing is done: a code, and a sentence that the person is told."""

    ground: Ground
    sentence: Words


class Extended(BaseModel):
    """More time was taken, at `at`; it was due at `first_due_at`."""

    at: datetime
    first_due_at: datetime
    reason: str


class Known(BaseModel):
    """How it is known who asks."""

    at: datetime
    by: Literal["code", "attested"]
    who: str
    how: How | None


class Declined(BaseModel):
    """Why nothing was done: an Admin's `ground`, or what the platform found of a correction.

    `no_such_record`: you have no such record with the number of this request. `number_erased`:
    it would have added the number of somebody who was erased; where you have a new basis to keep
    that number, write the customer with `renewed_basis`, and else leave the number out.
    `unusable_values`: with them the record would be no customer any more, since nothing would tell
    it from others; ask the person, and open another request.
    """

    at: datetime
    ground: str
    sentence: str | None


class RequestOut(BaseModel):
    """A request. `number` is masked, and null once it is deleted.

    `awaiting` names the services whose answer is missing. `holders` are several customers with the
    number, of whom none is named: nothing is done until you name this person's. `breached_at` is
    since when it is late: on the day that it was due nothing was done, and no package was ready to
    be handed over.
    `erasure` is there once it is ordered: what happened until then goes, and a call or a text of
    the number in the 16 seconds after it is shown without a match.
    """

    id: str
    kind: Kind
    channel: Channel
    status: Status
    subject: str
    number: Annotated[str | None, Personal("contact", ANSWER)]
    customers: list[str] | None
    holders: list[str]
    received_at: datetime
    opened_at: datetime
    due_at: datetime
    target_at: datetime
    breached_at: datetime | None
    verified: Known | None
    extended: Extended | None
    refused: Declined | None
    awaiting: list[str]
    erasure: str | None
    closed_at: datetime | None

    @classmethod
    def of(cls, request: Request, store: Store) -> "RequestOut":
        """As it is shown."""
        number = store.rights.number(request)
        told = request.model_dump(include=cls.model_fields.keys() - {"number", "verified"})
        return cls(
            **told,
            status=request.status,
            number=mask(number) if number else None,
            verified=Known.model_validate(request.verified.model_dump())
            if request.verified
            else None,
            extended=_extended(request, store),
            refused=_refused(request, store),
        )


class CodeSent(BaseModel):
    """A code is on its way; `left` is how many more may be sent for this request."""

    status: Status
    valid_until: datetime
    left: int


class Proof(BaseModel):
    """The certificate, and the SHA-256 of its canonical form (RFC 8785), in hex.

    `trail.objects` are what the entries of the audit trail that tell of it are about; for an
    erasure, the entry with the action `trail.sha256_in` holds the digest.
    """

    certificate: dict[str, Any]
    sha256: str


def _extended(request: Request, store: Store) -> Extended | None:
    longer = request.extension
    if longer is None:
        return None
    reason = store.rights.words(longer.reason)
    return Extended(at=longer.at, first_due_at=longer.first_due_at, reason=reason)


def _refused(request: Request, store: Store) -> Declined | None:
    refusal = request.refusal
    if refusal is None:
        return None
    sentence = store.rights.words(refusal.sentence) if refusal.sentence else None
    return Declined(at=refusal.at, ground=refusal.ground, sentence=sentence)


def _odd(detail: str) -> PydanticCustomError:
    return PydanticCustomError("request", detail)
