"""What Telnyx's account tells afterwards: webhook deliveries and opt-outs."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from starlette.datastructures import QueryParams

from deploy.simulator.delivery import Attempt, Delivery
from deploy.simulator.messages.listing import Query
from deploy.simulator.messages.optouts import OptOut
from deploy.simulator.messages.payloads import moment
from deploy.simulator.payloads import Json

_OF_DELIVERIES = (
    "filter[started_at][gte]",
    "filter[started_at][lte]",
    "filter[finished_at][gte]",
    "filter[finished_at][lte]",
    "filter[status][eq]",
    "filter[event_type]",
    "filter[webhook][contains]",
)
_OF_OPTOUTS = (
    "created_at[gte]",
    "created_at[lte]",
    "filter[messaging_profile_id]",
    "filter[from]",
    "redaction_enabled",
)
_UNREDACTED = 5


def deliveries(log: Sequence[Delivery], given: QueryParams) -> Json:
    """`GET /v2/webhook_deliveries`: those that are over, newest first. Raises Refusal."""
    query = Query(given, *_OF_DELIVERIES)
    fits = _fitting(query)
    return query.page([one for one in reversed(log) if one.settled and fits(one)], _delivery)


def optouts(blocks: Iterable[OptOut], given: QueryParams) -> Json:
    """`GET /v2/messaging_optouts`, newest first. Raises Refusal."""
    query = Query(given, *_OF_OPTOUTS)
    profile, origin = query.text("filter[messaging_profile_id]"), query.text("filter[from]")
    created = query.span("created_at")
    fitting = [
        block
        for block in blocks
        if (profile is None or block.profile == profile)
        and (origin is None or block.origin == origin)
        and block.created_at in created
    ]
    redacted = query.text("redaction_enabled") == "true"
    return query.page(fitting[::-1], partial(_optout, redacted=redacted))


def _fitting(query: Query) -> Callable[[Delivery], bool]:
    """The test that the filters make. Raises Refusal."""
    status, types = query.text("filter[status][eq]"), query.text("filter[event_type]")
    within = query.text("filter[webhook][contains]")
    started, finished = query.span("filter[started_at]"), query.span("filter[finished_at]")

    def fits(one: Delivery) -> bool:
        return (
            (status is None or status == _status(one))
            and (types is None or one.event.type in types.split(","))
            and one.started_at in started
            and one.finished_at in finished
            and (within is None or within in one.told)
        )

    return fits


def _delivery(delivery: Delivery) -> Json:
    """Attempts come newest first."""
    return {
        "record_type": "webhook_delivery",
        "id": delivery.id,
        "webhook": delivery.event.data(),
        "status": _status(delivery),
        "attempts": [_attempt(one) for one in reversed(delivery.attempts)],
        "started_at": moment(delivery.started_at),
        "finished_at": moment(delivery.finished_at),
    }


def _attempt(attempt: Attempt) -> Json:
    answered = attempt.status is not None
    return {
        "status": _status(attempt),
        "errors": [],
        "started_at": moment(attempt.at),
        "finished_at": moment(attempt.finished_at),
        "http": {
            "request": {"url": attempt.url},
            "response": {"status": attempt.status} if answered else None,
        },
    }


def _optout(block: OptOut, *, redacted: bool) -> Json:
    hidden = "*" * (len(block.to) - _UNREDACTED)
    return {
        "created_at": moment(block.created_at),
        "from": block.origin,
        "to": block.to[:_UNREDACTED] + hidden if redacted else block.to,
        "keyword": block.keyword,
        "messaging_profile_id": block.profile,
    }


def _status(outcome: Delivery | Attempt) -> str:
    return "delivered" if outcome.delivered else "failed"
