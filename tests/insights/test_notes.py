"""Who looks at calls and cards goes on record, with whom they are about."""

from libs.common.events import InsightProduced
from services.insights.store import Store
from tests.insights.given import SUBJECT, matched, started
from tests.support.http import Harness
from tests.support.notes import notes_of


async def test_reads_about_one_person_name_the_person(house: Harness[Store]) -> None:
    tenant = await house.open()
    for fact in (started(), matched()):
        await house.take(fact, tenant)
    card = house.units.of(InsightProduced)[-1].insight_id
    client = house.client(tenant)
    for path in (
        "/v1/calls",
        "/v1/calls/call-1",
        "/v1/insights",
        "/v1/insights?call_id=call-1",
        f"/v1/insights/{card}",
    ):
        assert (await client.get(path)).status_code == 200
    assert (await client.get("/v1/insights?call_id=call-2")).json()["data"] == []
    notes = await notes_of(house, tenant)
    assert [(note["object"], note.get("person")) for note in notes] == [
        ("calls", None),
        ("call-1", SUBJECT),
        ("insights", None),
        ("insights", SUBJECT),
        (card, SUBJECT),
    ]
