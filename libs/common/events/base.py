"""What every event has: a fact (typed data) inside a CloudEvents 1.0 envelope."""

from datetime import datetime
from typing import ClassVar, Self, TypeVar
from uuid import NAMESPACE_URL, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue, ValidationError

_NAMESPACE = uuid5(NAMESPACE_URL, "urn:intnet:event")

E = TypeVar("E", bound="Event")


class Fact(BaseModel):
    """Part of an event: frozen, and tolerant of fields that a newer writer adds."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Event(Fact):
    """One fact. A subclass is one CloudEvents type on one topic.

    `ASKS` is of an event that only wants to know: its handlers read as they would for a caller by
    HTTP, and no more than their answer is written within a transaction.
    """

    TYPE: ClassVar[str]
    TOPIC: ClassVar[str]
    ASKS: ClassVar[bool] = False

    def about(self) -> str:
        """What the fact is about, opaque: the second half of the record key."""
        raise TypeError(f"{type(self).__name__} does not say what it is about")


class Malformed(ValueError):
    """A record that is no event of ours; the message never holds its content."""


class Envelope(BaseModel):
    """CloudEvents 1.0 in structured JSON, with our extension attributes.

    `time` is when the source wrote the fact down; when it happened is a field of the data.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    specversion: str = "1.0"
    id: str
    source: str
    type: str
    time: AwareDatetime
    subject: str
    tenantid: str
    dataschema: str
    datacontenttype: str = "application/json"
    traceparent: str | None = None
    causationid: str | None = None
    data: dict[str, JsonValue]

    @property
    def key(self) -> bytes:
        """The Kafka record key."""
        return record_key(self.tenantid, self.subject)

    def to_json(self) -> bytes:
        """The record value."""
        return self.model_dump_json(exclude_none=True).encode()

    @classmethod
    def from_json(cls, value: bytes | None) -> Self:
        """Reads a record value. Raises Malformed, which repeats none of it."""
        try:
            return cls.model_validate_json(value or b"")
        except ValidationError as error:
            raise Malformed(f"no CloudEvent: unusable {_fields(error)}") from None


def fact_of(envelope: Envelope, kind: type[E]) -> E:
    """The typed data. Raises Malformed where it does not fit."""
    try:
        return kind.model_validate(envelope.data)
    except ValidationError as error:
        raise Malformed(f"{envelope.type}: unusable {_fields(error)}") from None


def enclose(fact: Event, tenant: str, *, id: str, source: str, time: datetime) -> Envelope:  # noqa: A002 - the attribute's name in CloudEvents
    """Puts a fact into its envelope."""
    return Envelope(
        id=id,
        source=source,
        type=fact.TYPE,
        time=time,
        subject=fact.about(),
        tenantid=tenant,
        dataschema=f"urn:intnet:event:{fact.TYPE}:{major(fact.TOPIC)}",
        data=fact.model_dump(mode="json"),
    )


def derived_id(cause: str, kind: str, index: int = 0) -> str:
    """The id of an event that another one causes: the same on every attempt."""
    return str(uuid5(_NAMESPACE, f"{cause}/{kind}/{index}"))


def record_key(tenant: str, subject: str) -> bytes:
    """`tenant:subject`; the tenant alone where the fact is about the tenant itself."""
    return (tenant if subject == tenant else f"{tenant}:{subject}").encode()


def major(topic: str) -> str:
    """`v1` of `calls.v1`."""
    return topic.rpartition(".")[2]


def _fields(error: ValidationError) -> str:
    return ", ".join(sorted({".".join(map(str, e["loc"])) or "body" for e in error.errors()}))
