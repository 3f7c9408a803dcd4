"""What ingest hands over of a person: how much was set aside, and nothing of what it says."""

from services.ingest.store import Store
from tests.ingest.given import CALLER, OURS
from tests.ingest.test_erasure import put
from tests.support.http import Harness
from tests.support.telling import told


async def test_webhooks_that_speak_of_the_person_are_counted(house: Harness[Store]) -> None:
    tenant = await house.open()
    await put(house, "tell-e164", {"data": {"payload": {"from": CALLER, "to": OURS}}})
    await put(house, "tell-national", b"no json, but (202) 555-0142 in it")
    await put(house, "tell-other", {"data": {"from": "+12025550199", "to": OURS}})
    rows = await told(house, tenant, house.keys.code(tenant.tenant, CALLER))
    await house.store(tenant).erase(house.keys.code(tenant.tenant, CALLER), "US")
    assert [row["webhooks"] for row in rows["quarantine"]] == [2]
    assert OURS not in str(rows)
    assert await told(house, tenant, house.keys.code(tenant.tenant, "+12025550133")) == {}
