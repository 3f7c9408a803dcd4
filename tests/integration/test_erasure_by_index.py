"""Who is erased is found by index in every store, however much lies there."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from libs.common.auditkeys import create
from libs.common.events import (
    CallMatched,
    Candidate,
    CustomerRemoved,
    MessageMatched,
    TenantSaved,
)
from libs.common.mongo import Entity
from services.consent.app import build as consent
from services.consent.settings import Settings as Consent
from services.consent.store import ENTITIES as CONSENT
from services.gateway.app import build as gateway
from services.gateway.domain.hooks.endpoint import Endpoint
from services.gateway.settings import Settings as Gateway
from services.gateway.store import PER_TENANT as GATEWAY
from services.insights.app import build as insights
from services.insights.settings import Settings as Insights
from services.insights.store import ENTITIES as INSIGHTS
from services.matcher.app import build as matcher
from services.matcher.settings import Settings as Matcher
from services.matcher.store import ENTITIES as MATCHER
from services.messaging.store import ENTITIES as MESSAGING
from tests.consent.given import DAN
from tests.consent.rights import Desk
from tests.insights.given import started
from tests.matcher.given import NOON, draft
from tests.matcher.given import consent as allowed
from tests.messaging.given import agency_facts, built, subject, wrote
from tests.support.http import Harness, harness
from tests.support.orders import erasure

WHO: dict[str, Any] = {
    "customer_id": "c-1",
    "name": "Peregrina Saltmarsh",
    "confidence": 0.9,
    "reasons": (),
}

APP = Endpoint(
    id="whk_1",
    url="https://hooks.example.com/",
    events=("call.started",),
    secrets=(),
    created_at=NOON,
)


@pytest.mark.parametrize(
    "entity", [*MATCHER, *INSIGHTS, *MESSAGING, *CONSENT, *GATEWAY], ids=lambda entity: entity.name
)
def test_whom_documents_are_about_is_indexed(entity: Entity) -> None:
    if entity.person in {None, "_id"}:
        return
    assert entity.person in {index.keys[0][0] for index in entity.indexes}


@pytest.fixture(params=["matcher", "insights", "messaging", "gateway"])
async def house(
    request: pytest.FixtureRequest, tmp_path: Path, mongo_url: str
) -> AsyncIterator[Harness[Any]]:
    if request.param == "messaging":
        made: Harness[Any] = await built(tmp_path, mongo_url)
    elif request.param == "matcher":
        made = await harness(matcher, Matcher, tmp_path, mongo_url)
    elif request.param == "gateway":
        own = {"public_url": "http://127.0.0.1:1", "services": {}}
        key = {"signing_key_file": tmp_path / "gateway.json"}
        made = await harness(gateway, Gateway, tmp_path, mongo_url, **own, **key)
    else:
        made = await harness(insights, Insights, tmp_path, mongo_url)
    yield made
    await made.close()


async def test_no_collection_is_read_from_end_to_end(house: Harness[Any], mongo_url: str) -> None:
    agency = await house.open(**agency_facts())
    code = subject(house, agency)
    match house.service.name:
        case "matcher":
            row = await house.store(agency).customers.save(draft(), "api", "contract", NOON)
            code = row["subject"]
            await house.take(allowed(code), agency)
        case "insights":
            await house.take(started(subject=code), agency)
        case "messaging":
            await house.take(wrote(house, agency), agency)
        case "gateway":
            await house.store(agency).hooks.endpoints.put(APP)
            await house.take(started(subject=code), agency)
    with plans(mongo_url, house.service.name) as seen:
        await house.take(erasure(code), agency)
    mine = of(agency, seen)
    holding = {
        "matcher": {"customers", "restrictions"},
        "insights": {"calls"},
        "messaging": {"messages"},
        "gateway": {"callers", "deliveries"},
    }
    read = holding[house.service.name] | {"parked"}
    assert {place.partition("__")[0] for place, _ in mine} >= read
    assert not [one for one in mine if "COLLSCAN" in one[1]]


async def test_nor_where_a_customers_record_was_removed(
    house: Harness[Any], mongo_url: str
) -> None:
    if house.service.name in {"matcher", "gateway"}:
        return  # the one tells of it, the other keeps no names: tests/gateway/test_store.py
    agency = await house.open(**agency_facts())
    code, who = subject(house, agency), Candidate(**WHO)
    if house.service.name == "insights":
        await house.take(started(subject=code), agency)
        call = CallMatched(session_id="call-1", subject=code, outcome="matched", candidates=(who,))
        await house.take(call, agency)
    else:
        text = MessageMatched(message_id="m", subject=code, outcome="matched", candidates=(who,))
        await house.take(text, agency)
    with plans(mongo_url, house.service.name) as seen:
        await house.take(CustomerRemoved(customer_id=who.customer_id), agency)
    mine = of(agency, seen)
    holding = {"insights": "calls", "messaging": "conversations"}[house.service.name]
    assert {place.partition("__")[0] for place, _ in mine} >= {holding, "removals"}
    assert not [one for one in mine if "COLLSCAN" in one[1]]
    (row,) = await house.mongo.scope(agency.tenant).collection(holding).list({})
    assert str(WHO["name"]) not in str(row)


async def test_nor_by_consent_from_the_request_to_the_certificate(
    tmp_path: Path, mongo_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(tmp_path / "audit-keys.json")
    own = {"audit_key_file": tmp_path / "audit-keys.json", "audit_origin": "audit.example"}
    house = await harness(consent, Consent, tmp_path, mongo_url, **own)
    agency = await house.open(timezone="America/New_York")
    desk = Desk(house, agency, monkeypatch)
    grant = {"number": DAN, "purpose": "marketing", "action": "grant", "means": "web"}
    assert (await desk.http.post("/v1/consents", json=grant)).status_code == 201
    with plans(mongo_url, "consent") as seen:
        assert (await desk.erased())["status"] == "completed"
    mine = of(agency, seen)
    read = {"ledger", "states", "suppressions", "requests", "erasures", "due"}
    assert {place.partition("__")[0] for place, _ in mine} >= read
    assert not [one for one in mine if "COLLSCAN" in one[1]]
    await house.close()


def of(agency: TenantSaved, seen: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """What was done to collections of the agency's, and of all."""
    return {one for one in seen if "__" not in one[0] or one[0].endswith(agency.tenant)}


@contextmanager
def plans(url: str, service: str) -> Iterator[set[tuple[str, str]]]:
    """What the server did meanwhile: collection and plan."""
    seen: set[tuple[str, str]] = set()
    with MongoClient[dict[str, Any]](url) as client:
        database = client[service]
        database.command("profile", 2)
        try:
            yield seen
        finally:
            database.command("profile", 0)
            for one in database["system.profile"].find({"planSummary": {"$exists": True}}):
                seen.add((one["ns"].partition(".")[2], one["planSummary"]))
            database.drop_collection("system.profile")
