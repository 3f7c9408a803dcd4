"""What goes wrong with the next sends: how they are answered, and what becomes of the receipts."""

from random import Random
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from deploy.simulator.messages.errors import Flaw, Refusal, refused

Way = Literal[
    "accepted",
    "slow",
    "accepted_without_answer",
    "bad_gateway_after_accept",
    "connection_refused",
    "rate_limited",
    "spend_limit",
    "unpaid",
    "profile_disabled",
    "sender_not_registered",
    "server_error",
    "refused_code",
]
Receipts = Literal["lost", "early", "doubled", "reversed", "unfinished", "delivery_failed"]

_LIMITED = {"x-ratelimit-limit": "50", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}
_REFUSED, _UNDELIVERED = "40003", "40008"
_REFUSALS: dict[Way, tuple[int, str, str]] = {
    "spend_limit": (429, "40333", "The messaging profile has spent its daily limit."),
    "unpaid": (402, "10015", "The account has no money left."),
    "profile_disabled": (403, "40312", "The messaging profile is disabled."),
    "sender_not_registered": (403, "40010", "The 'from' number is not registered for 10DLC."),
    "server_error": (500, "10007", "An unexpected error occurred."),
}


def _listed(given: object) -> object:
    return [given] if isinstance(given, str) else given


class Fault(BaseModel):
    """What happens to some of the next sends: to `count` of them, or to each with `probability`.

    `way` is how the request is answered, `receipts` what differs about the receipts. `code` is
    Telnyx's for `refused_code` (then with the HTTP `status`) and for `delivery_failed`. `seconds`
    is how long the answer to what was accepted takes, and how long nothing is said before a
    connection is dropped.
    `withhold` shows and tells nobody that the message was accepted, by no door and no receipt.
    """

    model_config = ConfigDict(extra="forbid")

    way: Way = "accepted"
    receipts: Annotated[frozenset[Receipts], BeforeValidator(_listed)] = frozenset()
    withhold: bool = False
    code: Annotated[str | None, Field(pattern=r"^[0-9]{5}$")] = None
    status: Annotated[int, Field(ge=400, le=499)] = 400
    seconds: Annotated[float, Field(ge=0, le=120)] = 0
    probability: Annotated[float | None, Field(gt=0, le=1)] = None
    count: Annotated[int | None, Field(ge=1, le=100_000)] = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.probability is None) == (self.count is None):
            raise ValueError("say either `probability` or `count`")
        if self.way == "slow" and not self.seconds:
            raise ValueError("say in `seconds` how slow")
        return self

    def refusal(self) -> Refusal | None:
        """The error that is answered in place of taking the message."""
        if self.way == "rate_limited":
            flaw = Flaw("10011", "You have exceeded the allowed request rate.")
            return Refusal(429, [flaw], _LIMITED)
        if self.way == "refused_code":
            return refused(self.status, self.code or _REFUSED, "The message was refused.")
        told = _REFUSALS.get(self.way)
        return refused(*told) if told else None

    @property
    def undelivered(self) -> str | None:
        """The code that the last receipt fails with."""
        return self.code or _UNDELIVERED if "delivery_failed" in self.receipts else None


USUAL = Fault(count=1)
"""Nothing goes wrong."""


class FaultsOrder(BaseModel):
    """Takes the place of the faults before it; without any, all goes well again."""

    model_config = ConfigDict(extra="forbid")

    faults: Annotated[list[Fault], Field(max_length=50)] = []
    seed: int = 0

    @model_validator(mode="after")
    def _at_most_every_send(self) -> Self:
        if sum(fault.probability or 0 for fault in self.faults) > 1:
            raise ValueError("the probabilities sum up to more than 1")
        return self


class Struck(BaseModel):
    """A fault and how many sends it has struck."""

    fault: Fault
    struck: int = 0

    @property
    def due(self) -> bool:
        """Whether it strikes the very next send."""
        return self.fault.count is not None and self.struck < self.fault.count


class Faults:
    """The faults in force. With the same seed, the same sends in the same order are struck."""

    def __init__(self) -> None:
        self.order(FaultsOrder())

    def order(self, order: FaultsOrder) -> list[Struck]:
        """Sets what goes wrong from now on."""
        self._random = Random(order.seed)  # noqa: S311 - repeatable on purpose
        self.all = [Struck(fault=fault) for fault in order.faults]
        return self.all

    def next(self) -> Fault:
        """What happens to this send: counted faults first, in order, then one by chance."""
        struck = next((one for one in self.all if one.due), None) or self._by_chance()
        if struck is None:
            return USUAL
        struck.struck += 1
        return struck.fault

    def _by_chance(self) -> Struck | None:
        """One draw for all, so that each fault strikes as often as its probability says."""
        drawn, upper = self._random.random(), 0.0
        for one in self.all:
            upper += one.fault.probability or 0
            if drawn < upper:
                return one
        return None
