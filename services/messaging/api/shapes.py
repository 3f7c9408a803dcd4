"""What a caller sends to have a text sent, and what is answered."""

from datetime import datetime
from typing import Annotated, Final, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from libs.common.events.personal import WRITE, Personal
from libs.common.web import Moment
from services.messaging.api.senders import NAME
from services.messaging.domain.message import Message

PURPOSES: Final = {
    "promotional": "marketing",
    "service": "service",
    "personal": "service",
    "one_time_code": "service",
}
LONGEST: Final = 4_000
"""Characters of a text, as it is sent or as its template is filled."""

_TEXT = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST, pattern=r"\S")]
_SENDER = Annotated[
    str, Field(max_length=16, pattern=rf"^\+[1-9][0-9]{{5,14}}$|{NAME}", examples=["+15125550127"])
]


class MessageIn(BaseModel):
    """A message: `text`, or `template` with its `values`.

    Without `sender` it goes out from the agency's first number. `send_at` in the past is now; it
    may be 180 days ahead.
    """

    model_config = ConfigDict(extra="forbid")

    to: Annotated[
        str,
        Personal("contact", WRITE),
        Field(max_length=64, description="A number; without `+` it is read in the agency's region"),
    ]
    message_class: Literal["promotional", "service", "personal", "one_time_code"] = Field(
        alias="class"
    )
    purpose: Literal["marketing", "service"] | None = Field(
        None, description="marketing for promotions, service for all others."
    )
    text: Annotated[_TEXT | None, Personal("content", WRITE)] = None
    template: Annotated[str, Field(max_length=64)] | None = None
    values: Annotated[
        dict[str, Annotated[str, Field(max_length=1000)]],
        Personal("content", WRITE),
        Field(max_length=50),
    ] = {}
    sender: _SENDER | None = None
    send_at: Moment | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.text is None) == (self.template is None):
            raise PydanticCustomError("text", "Give either text or template.")
        if self.values and self.template is None:
            raise PydanticCustomError("values", "Values belong to a template.")
        if self.purpose not in {None, PURPOSES[self.message_class]}:
            raise PydanticCustomError(
                "purpose", "The purpose of promotional is marketing, of all other classes service."
            )
        return self


class MessageOut(BaseModel):
    """A message as it stands; what it says is in its conversation. `cost` is a decimal."""

    id: str
    state: str
    message_class: str | None = Field(serialization_alias="class")
    purpose: str | None
    subject: str
    sender: str | None
    encoding: str | None
    units: int | None
    parts: int | None
    send_at: AwareDatetime | None
    created_at: AwareDatetime
    requested_by: str | None
    attempts: int
    code: str | None
    provider_code: str | None
    sentence: str | None
    cost: str | None
    currency: str | None
    sent_at: AwareDatetime | None
    final_at: AwareDatetime | None

    @classmethod
    def of(cls, message: Message) -> "MessageOut":
        """From the message."""
        own = {"sender": message.line, "attempts": message.attempt}
        names = cls.model_fields.keys() - own.keys()
        return cls(**own, **{name: getattr(message, name) for name in names})


class Check(BaseModel):
    """Whether a message would be sent, and what it would cost; nothing is kept.

    `not_before` is when the hours allow it. `cost` is an estimate, None where no price is known.
    """

    allowed: bool
    code: str | None = None
    sentence: str | None = None
    not_before: datetime | None = None
    encoding: str
    units: int
    parts: int
    cost: str | None = None
    currency: str | None = None
