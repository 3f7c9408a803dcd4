"""What operations on endpoints take and answer with."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from services.gateway.domain.hooks import delivery, endpoint
from services.gateway.domain.hooks.target import LONGEST
from services.gateway.domain.hooks.telling import Kind

Url = Annotated[str, Field(max_length=LONGEST, examples=["https://hooks.example.com/intnet"])]
Events = Annotated[
    list[Kind],
    Field(min_length=1, max_length=50, examples=[["call.started", "call.matched"]]),
    AfterValidator(lambda kinds: sorted(set(kinds))),
]


class NewWebhook(BaseModel):
    """An endpoint to be made: https, on the open internet."""

    model_config = ConfigDict(extra="forbid")

    url: Url
    events: Events


class WebhookChange(BaseModel):
    """What to change; what is left out stays. `disabled: false` lets a disabled one try again."""

    model_config = ConfigDict(extra="forbid")

    url: Url | None = None
    events: Events | None = None
    disabled: bool | None = None


class Webhook(BaseModel):
    """An endpoint. `disabled` says why it is sent nothing: by_hand, failing (for three days), or
    gone (it has answered 410)."""

    id: str
    url: str
    events: list[Kind]
    disabled: endpoint.Why | None
    disabled_at: AwareDatetime | None
    failing_since: AwareDatetime | None
    created_at: AwareDatetime

    @classmethod
    def of(cls, one: endpoint.Endpoint) -> "Webhook":
        """From the endpoint, without its secrets."""
        fields = {name: getattr(one, name) for name in Webhook.model_fields}
        return cls.model_validate({**fields, "events": list(one.events)})


class WebhookMade(Webhook):
    """An endpoint that was just made, the only time that its secret is shown."""

    secret: str = Field(description="Shown once.")


class WebhookSecret(BaseModel):
    """A new secret, shown once; the one before signs beside it until then."""

    secret: str = Field(description="Shown once.")
    old_until: AwareDatetime

    @classmethod
    def of(cls, secret: str, now: datetime) -> "WebhookSecret":
        """From now on."""
        return cls(secret=secret, old_until=now + endpoint.GRACE)


class Delivery(BaseModel):
    """One event for one endpoint. `id` is the `webhook-id` of its attempts; `status` is that of the
    last answer; where there was none, `trouble` says why."""

    id: str
    event_id: str
    type: Kind | Literal["webhook.test"]
    state: delivery.State
    attempts: int
    status: int | None
    trouble: delivery.Trouble | None
    occurred_at: AwareDatetime
    created_at: AwareDatetime
    last_at: AwareDatetime | None
    next_at: AwareDatetime | None

    @classmethod
    def of(cls, one: delivery.Delivery) -> "Delivery":
        """From the row, without what was told."""
        return cls(
            id=one.id,
            event_id=one.event,
            type=one.type,
            state=one.state,
            attempts=one.attempts,
            status=one.status,
            trouble=one.trouble,
            occurred_at=one.at,
            created_at=one.created_at,
            last_at=one.last_at,
            next_at=one.next_at,
        )
