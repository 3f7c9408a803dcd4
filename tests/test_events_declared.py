"""Every text in an event says what it is: personal, where it stands, or one of these."""

from typing import Annotated, ClassVar

from deploy.schemas.contract import of_kind
from deploy.schemas.kinds import Kind, kinds
from deploy.schemas.node import Node
from libs.common.events.base import Event, Fact, Personal

OPAQUE = {
    "actor",
    "connection_id",
    "customer_id",
    "customers",
    "entry",
    "hash",
    "import_id",
    "inputs",
    "insight_id",
    "leg_id",
    "message_id",
    "note",
    "object",
    "others",
    "person",
    "provider_id",
    "record_id",
    "reference",
    "request_id",
    "requested_by",
    "root",
    "session_id",
    "subject",
    "subjects",
    "tenant",
    "webhook_id",
}
CODE = {
    "action",
    "attestation",
    "autoresponse",
    "band",
    "category",
    "cause",
    "channel",
    "code",
    "collection",
    "currency",
    "direction",
    "errors",
    "event_type",
    "facts",
    "keyword",
    "language",
    "means",
    "message_class",
    "model",
    "outcome",
    "party_kind",
    "profile",
    "provider_code",
    "purpose",
    "reason",
    "region",
    "screening",
    "signal",
    "sip_code",
    "source",
    "state",
    "status",
    "store",
    "timezone",
    "tone",
}
TIME = {
    "valid_until",
    "as_of",
    "at",
    "changed_at",
    "ended_at",
    "occurred_at",
    "received_at",
    "send_at",
    "since",
    "started_at",
    "valid_from",
    "valid_to",
}
AMOUNT = {"cost", "total"}
# An agency's own name, numbers and connections: a company's, not a person's.
AGENCY = {
    "call.started:line",
    "message.received:line",
    "message.received:messaging_profile",
    "tenant.saved:name",
    "tenant.saved:numbers[].value",
    "tenant.saved:connections[].value",
    "tenant.saved:messaging_profiles[].value",
}
KNOWN = OPAQUE | CODE | TIME | AMOUNT | AGENCY


# These speak about a person and do not say so yet. Declare them, then take them off.
def undeclared(kind: Kind) -> set[str]:
    """The text fields that are neither personal nor on a list."""
    texts = (
        path
        for path, node in Node.top(of_kind(kind)).walk()
        if node.is_text and "x-personal" not in node.here
    )
    return {
        f"{kind.TYPE}:{path}"
        for path in texts
        if path.rpartition(".")[2] not in KNOWN and f"{kind.TYPE}:{path}" not in KNOWN
    }


def test_every_text_is_declared() -> None:
    found = {path for kind in kinds() for path in undeclared(kind)}
    assert found == set(), "mark the field with Personal(category, purpose), or say what it is here"


def test_no_list_speaks_of_a_field_that_is_gone() -> None:
    there = {
        word
        for kind in kinds()
        for path, _ in Node.top(of_kind(kind)).walk()
        for word in (path.rpartition(".")[2], f"{kind.TYPE}:{path}")
    }
    assert there >= KNOWN


class Inner(Fact):
    nickname: str
    plain: Annotated[str | None, Personal("identity", "a test")] = None


class Planted(Event):
    TYPE: ClassVar[str] = "call.planted"
    TOPIC: ClassVar[str] = "calls.v1"

    session_id: str
    birthday_at: str
    rows: int
    ratio: float | None = None
    emails: tuple[str, ...] = ()
    by_number: dict[str, int]
    declared: tuple[Annotated[str, Personal("contact", "a test")], ...] = ()
    nested: tuple[Inner, ...] = ()

    def about(self) -> str:
        return self.session_id


def test_a_new_text_fails_wherever_it_stands() -> None:
    assert undeclared(Planted) == {
        "call.planted:birthday_at",
        "call.planted:emails",
        "call.planted:by_number",
        "call.planted:nested[].nickname",
    }


def test_a_mark_shows_in_the_schema_however_it_is_written() -> None:
    marked = {path for path, node in Node.top(of_kind(Planted)).walk() if "x-personal" in node.here}
    assert marked == {"declared", "nested[].plain"}
