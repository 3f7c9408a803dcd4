"""What events of one kind have in common."""

import pytest

from services.ingest.domain.envelope import read
from services.ingest.domain.family import Family, Ignored
from services.ingest.domain.routing import Ends
from tests.ingest.domain_support import READING, body

RING = read(body("call_initiated_real"))
EMPTY = Family(
    lambda received: Ends(received.occurred_at), {RING.type: lambda *_: None}, ("call.",)
)


@pytest.mark.parametrize(
    ("kind", "known"),
    [("call.initiated", True), ("call.hold", True), ("call", False), ("recall.held", False)],
)
def test_it_knows_what_it_needs_and_what_begins_alike(kind: str, known: bool) -> None:
    assert EMPTY.knows(kind) is known


def test_an_event_without_a_fact_in_it_is_ignored() -> None:
    assert EMPTY.translate(RING, READING) == Ignored("call.initiated")
