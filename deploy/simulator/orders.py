"""What may be asked of the simulator, and what it answers."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from deploy.simulator.delivery import Delivery
from deploy.simulator.signing import Signature

EventName = Literal["initiated", "answered", "hangup", "cost"]
NOBODYS_CONNECTION = "2963572552552678000"


class Copies(BaseModel):
    """How one event is delivered.

    `times` sends it so often at once (the same event id); `delay` waits so many seconds first;
    `signature` can be spoiled.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    times: Annotated[int, Field(ge=1, le=50)] = 1
    delay: Annotated[float, Field(ge=0, le=60)] = 0
    signature: Signature = "good"


class Handling(Copies):
    """How one event of a call is delivered.

    `after` is when it happened, in seconds after the start of the call (default: now).
    """

    after: Annotated[float | None, Field(ge=0, le=86_400)] = None


class Ring(Handling):
    """A call to make ring.

    Without `from`, or with `withheld`, the number is withheld. `spoofed` is short for a failed
    attestation. `age` lets the call have begun so many seconds ago. `hold` creates the call and
    delivers nothing, for a script to do.
    """

    to: Annotated[str, Field(min_length=1, max_length=128)]
    origin: Annotated[str | None, Field(alias="from", max_length=128)] = None
    withheld: bool = False
    spoofed: bool = False
    dashed: bool = False
    hold: bool = False
    age: Annotated[float, Field(ge=0, le=86_400 * 30)] = 0
    direction: Literal["incoming", "outgoing"] = "incoming"
    attestation: Literal["A", "B", "C", "failed"] | None = None
    caller_name: Annotated[str | None, Field(max_length=128)] = None
    screening: Annotated[str | None, Field(max_length=64)] = None
    connection_id: Annotated[str, Field(pattern=r"^[0-9]{1,19}$")] = NOBODYS_CONNECTION
    session_id: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")] = None


class Step(Handling):
    """One event of a script."""

    event: EventName


class Script(BaseModel):
    """Events in the order of their delivery, which need not be the order they happened in.

    `concurrent` starts all steps at once.
    """

    model_config = ConfigDict(extra="forbid")

    steps: Annotated[list[Step], Field(min_length=1, max_length=50)]
    concurrent: bool = False


class Sent(BaseModel):
    """The outcome of one copy of an event: the last answer, and how long that answer took."""

    event_id: str
    event_type: str
    status: int | None
    latency_ms: float
    attempts: int

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """What became of this delivery."""
        return cls(
            event_id=delivery.event.id,
            event_type=delivery.event.type,
            status=delivery.attempts[-1].status,
            latency_ms=delivery.attempts[-1].milliseconds,
            attempts=len(delivery.attempts),
        )


class Outcome(BaseModel):
    """What became of an order. `status` and `latency_ms` are those of the first copy."""

    session_id: str
    status: int | None = None
    latency_ms: float | None = None
    sent: list[Sent] = []
