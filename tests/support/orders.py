"""Orders about people, as consent gives them, and what stores answer."""

from typing import Any

from libs.common import clock
from libs.common.bus.parking import FIELD, pack
from libs.common.bus.record import Record
from libs.common.events import Envelope, ErasureDone, ErasureOrdered
from libs.common.keys import PLATFORM
from tests.support.http import Harness


def erasure(subject: str, *customers: str, **said: Any) -> ErasureOrdered:
    """Erase this person, now; only these customers where any are named."""
    named = {"customers": customers} if customers else {}
    return ErasureOrdered(
        **{"request_id": "req_1", "subject": subject, "at": clock.now(), **named, **said}
    )


def deleted(answer: ErasureDone) -> dict[str, int]:
    """How many documents, by collection."""
    return {count.collection: count.documents for count in answer.deleted}


async def park(house: Harness[Any], event: Envelope, place: int, topic: str = "calls.v1") -> str:
    """Puts a record among the parked ones, as the bus does; returns its place."""
    record = Record(topic, 0, place, event.key, event.to_json())
    await house.mongo.service_collection("parked").put(
        {
            "_id": record.place,
            "topic": topic,
            "tenant": event.tenantid,
            "type": event.type,
            "reason": "ValueError: 5 tries",
            "attempts": 5,
            "at": clock.now(),
            "sealed": house.keys.seal(PLATFORM, FIELD, pack(record)),
            "state": "parked",
        }
    )
    return record.place
