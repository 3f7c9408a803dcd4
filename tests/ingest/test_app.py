"""The service as declared."""

from services.ingest import app, handlers
from tests.ingest.given import Door


async def test_it_says_what_it_takes_and_gives(door: Door) -> None:
    service = door.house.service
    assert service.name == "ingest"
    assert service.topics_in() == ("ingest.dead.v1",)
    assert service.topics_out() == {
        "call.started": "calls.v1",
        "call.answered": "calls.v1",
        "call.ended": "calls.v1",
        "call.costed": "calls.v1",
        "message.received": "messages.v1",
        "message.status": "messages.v1",
        "webhook.quarantined": "ingest.dead.v1",
    }
    assert [entity.name for entity in service.shared] == ["quarantine"]
    assert not service.needs_store


def test_every_handler_is_declared() -> None:
    assert [handler for _, handler in app.CONSUMES] == [handlers.keep_quarantined]
