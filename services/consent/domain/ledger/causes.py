"""Events to acts: what a person said by text, and what the provider knows of them."""

from typing import Final
from uuid import UUID

from libs.common.events import MessageReceived, SmsFailed, SmsStopped, derived_id
from services.consent.domain.ledger.record import Act, Action, Subject

RECIPIENT_STOPPED: Final = "recipient_stopped"
"""Why a text failed: the person has stopped the sender at the provider."""

_SAID: Final[dict[str, tuple[Action, Subject]]] = {
    "stop": ("withdraw", "all"),
    "start": ("grant", "marketing"),
    "suspected": ("suspect", "marketing"),
    "erase": ("suspect", "marketing"),  # nobody who wants that waits for promotions
}


def record_id(cause: str) -> str:
    """The id of a record that this causes: the same on every repetition."""
    return f"rec_{UUID(derived_id(cause, 'record')).hex}"


def of_message(message: MessageReceived) -> Act | None:
    """What the person allowed or refused by a text; None where it says nothing of that."""
    said = _SAID.get(message.keyword)
    if said is None:
        return None
    action, purpose = said
    return Act(
        id=record_id(f"message.received/{message.message_id}"),
        action=action,
        purpose=purpose,
        at=message.occurred_at,
        means="sms",
        who="the person",
        message_id=message.message_id,
    )


def of_failure(failed: SmsFailed) -> Act | None:
    """The withdrawal of which the provider told; None for any other failure."""
    if failed.code != RECIPIENT_STOPPED:
        return None
    return Act(
        id=record_id(f"sms.failed/{failed.message_id}"),
        action="withdraw",
        purpose="all",
        at=failed.occurred_at,
        means="provider",
        who="the provider",
        message_id=failed.message_id,
    )


def of_stop(stopped: SmsStopped) -> Act:
    """The withdrawal that stands on the provider's list; read there again, it is the same."""
    return Act(
        id=record_id(f"sms.stopped/{stopped.subject}/{stopped.occurred_at.isoformat()}"),
        action="withdraw",
        purpose="all",
        at=stopped.occurred_at,
        means="provider_list",
        who="the provider",
    )
