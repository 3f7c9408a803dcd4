"""The data map says of every field what it is, and of personal ones who gets them, how long."""

import json
from dataclasses import replace
from typing import Any

import pytest

from deploy import datamap
from deploy.datamap import periods, rows
from deploy.datamap.periods import of_document
from deploy.schemas import entities
from deploy.schemas.entities import owned
from deploy.schemas.kinds import kinds, name_of
from libs.common import profiles
from libs.common.events.personal import CATEGORIES
from libs.common.mongo import Entity, Index, Kept

GENERATED = datamap.generated()
MAPS: dict[str, dict[str, Any]] = {
    name: json.loads(GENERATED[f"{datamap.SERVED}/{name}.json"]) for name in profiles.names()
}
each_map = pytest.mark.parametrize("name", profiles.names())


def placed(name: str) -> set[tuple[str, str, str]]:
    return {(row["service"], row["place"], row["field"]) for row in MAPS[name]["fields"]}


@each_map
def test_every_personal_field_is_in_the_map_of_every_operator(name: str) -> None:
    wanted = {(o.service, o.entity.name, field) for o in owned() for field in o.entity.personal}
    assert wanted <= placed(name)
    assert ("ingest", "call.started.v1", "party") in placed(name)
    assert ("matcher", "CustomerIn", "email") in placed(name)


@each_map
def test_every_other_field_is_in_it_too(name: str) -> None:
    others = {
        (each["service"], each["place"], field)
        for each in MAPS[name]["about_nobody"]
        for field in each["fields"]
    }
    every = {(o.service, o.entity.name, f) for o in owned() for f in ("_id", *o.entity.fields)}
    assert every <= others | placed(name)
    assert not others & placed(name)
    events = {each["place"] for part in ("fields", "about_nobody") for each in MAPS[name][part]}
    assert {name_of(kind) for kind in kinds()} <= events


@each_map
def test_the_role_is_that_of_the_operator_for_each_category(name: str) -> None:
    roles = {row["category"]: row["role"] for row in MAPS[name]["fields"]}
    assert set(roles) == CATEGORIES
    own = {"account", "usage"}
    assert {roles[category] for category in own} == {"controller"}
    assert {roles[category] for category in CATEGORIES - own} == {profiles.load(name).role}


@each_map
def test_every_field_names_its_recipients(name: str) -> None:
    known = {each["id"] for each in MAPS[name]["recipients"]}
    named = {who for row in MAPS[name]["fields"] for who in row["recipients"]}
    assert named == known
    assert all(row["recipients"] for row in MAPS[name]["fields"])
    telecom = {row["category"] for row in MAPS[name]["fields"] if "telnyx" in row["recipients"]}
    assert telecom == {"contact", "content"}


@each_map
def test_every_field_has_a_period(name: str) -> None:
    periods_told = {row["period"] for row in MAPS[name]["fields"]}
    assert all(periods_told)
    assert not [told for told in periods_told if "{" in told]
    texts = {
        row["field"]: row["period"]
        for row in MAPS[name]["fields"]
        if (row["service"], row["place"]) == ("messaging", "messages")
    }
    days = profiles.load(name).kept_days
    assert texts["text"] == f"{days['message_texts']} days after created_at"
    assert texts["party"] == f"{days['messages']} days after created_at"


def test_a_period_comes_from_the_sweep_then_the_index_then_the_membership() -> None:
    profile = profiles.load("intnet-iq")
    pets = Entity("pets", {"name": ("string",), "at": ("date",)})
    expiring = replace(pets, indexes=(Index((("at", 1),), ttl=2 * 86_400),))
    kept = replace(expiring, kept=(Kept("calls", "at"),))
    assert of_document(pets, "name").under(profile) == "as long as the agency is a customer"
    assert "until the person is erased" in of_document(replace(pets, person="name"), "name").words
    assert of_document(expiring, "name").under(profile) == "2 days after at"
    assert of_document(kept, "name").under(profile) == "395 days after at"
    at_once = replace(pets, indexes=(Index((("at", 1),), ttl=0),))
    assert of_document(at_once, "name").under(profile) == "until at"


def test_topics_say_how_long_they_keep() -> None:
    told = {name_of(kind): periods.of_event(kind).words for kind in kinds()}
    assert told["call.started.v1"] == "7 days"
    assert told["erasure.ordered.v1"] == "30 days"
    assert told["consent.changed.v1"].startswith("the last per key")
    assert told["audit.sealed.v1"].startswith("for good")


def test_a_field_that_is_declared_otherwise_changes_the_map(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So the committed map is out of date, and the check is red."""
    found = [
        replace(each, entity=replace(each.entity, personal={}))
        if each.entity.name == "customers"
        else each
        for each in entities.owned()
    ]
    monkeypatch.setattr(rows, "owned", lambda: found)
    assert datamap.generated() != GENERATED


def test_the_page_has_every_field_once_for_people() -> None:
    page = GENERATED[datamap.PAGE]
    assert "| matcher | `customers` | `name` | identity | plain |" in page
    assert "| contact | controller | processor | telnyx, infrastructure, authorities |" in page
    assert page.count("| matcher | `customers` | `name` |") == 1
