"""Taking out one declaration turns the check red, wherever it stood."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Annotated

import pytest
from fastapi import APIRouter
from pydantic import BaseModel

from deploy.schemas import declared, entities, operations, texts
from deploy.schemas.entities import Owned, faults, owned
from libs.common.events import Personal
from libs.common.events.personal import HEED, PURPOSES, SUBJECT, USER
from libs.common.mongo import Entity

EVERY_MARK = [(each, field) for each in owned() for field in each.entity.personal]
EVERY_PLAIN = [(each, field) for each in owned() for field in each.entity.plain]
EVERY = [
    pytest.param(each, field, id=f"{each.service}-{each.entity.name}.{field}")
    for each, field in EVERY_MARK + EVERY_PLAIN
]


def test_every_collection_of_the_platform_is_looked_at() -> None:
    found = {(each.service, each.entity.name) for each in owned()}
    assert {("matcher", "customers"), ("gateway", "accounts"), ("ingest", "quarantine")} <= found
    assert {(entities.EVERY, name) for name in ("inbox", "outbox", "parked", "trail")} <= found
    assert len(found) == len(owned())


def without(each: Owned, field: str) -> Entity:
    entity = each.entity
    left = {name: mark for name, mark in entity.personal.items() if name != field}
    return replace(entity, personal=left, plain=tuple(n for n in entity.plain if n != field))


@pytest.mark.parametrize(("each", "field"), EVERY)
def test_a_declaration_that_is_taken_out_is_missed(each: Owned, field: str) -> None:
    if field not in {"_id", *each.entity.fields} or any(
        name.startswith(f"{field}.") for name in each.entity.personal
    ):
        return  # a part of a field that is declared as a whole, or a field told by its parts
    assert [f.split(" ")[0] for f in faults(without(each, field))] == [
        f"{each.entity.name}.{field}"
    ]


def test_the_check_says_where_a_declaration_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def planted() -> list[Owned]:
        return [Owned("matcher", Entity("pets", {"name": ("string", "null"), "legs": ("int",)}))]

    monkeypatch.setattr(declared, "owned", planted)
    found = [fault for fault in declared.undeclared() if fault.startswith("matcher: pets")]
    assert [fault.partition(" could")[0] for fault in found] == [
        "matcher: pets._id",
        "matcher: pets.name",
    ]


@pytest.mark.parametrize("types", [("string",), ("binData", "null"), ("object",), ("array",)])
def test_what_could_hold_words_is_asked_for(types: tuple[str, ...]) -> None:
    assert len(list(faults(Entity("pets", {"x": types}, plain=("_id",))))) == 1
    assert list(faults(Entity("pets", {"x": ("date", "int", "bool")}, plain=("_id",)))) == []


def test_a_field_is_one_of_both_and_there() -> None:
    entity = Entity("pets", {"x": ("string",)}, personal={"x": SUBJECT}, plain=("_id", "x", "y"))
    assert [fault.partition(":")[0] for fault in faults(entity)] == [
        "pets.x is in `personal` and in `plain`",
        "pets.y is declared and no field of it",
    ]


def test_a_purpose_of_ones_own_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = Entity("pets", {"x": ("string",)}, personal={"x": Personal("contact", "to sell it")})
    monkeypatch.setattr(declared, "owned", lambda: [Owned("matcher", odd)])
    (fault,) = declared.strangers()
    assert fault.startswith("matcher: pets.x: `to sell it` is no purpose")
    assert SUBJECT.to(HEED).purpose in PURPOSES


@pytest.mark.parametrize(("category", "form"), [("shoe size", "plain"), ("contact", "rot13")])
def test_a_category_or_form_of_ones_own_is_refused(category: str, form: str) -> None:
    with pytest.raises(ValueError, match="is one of"):
        Personal(category, HEED, form)  # type: ignore[arg-type]


class Inner(BaseModel):
    nickname: str


class Body(BaseModel):
    name: Annotated[str, USER]
    rows: int
    others_like: dict[str, str]
    inner: list[Inner]


class Answer(BaseModel):
    words: str | None = None


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    router = APIRouter()

    @router.post("/pets/{pet}")
    def add_pet(pet: str, body: Body, colour: str = "red") -> list[Answer]:
        return []

    def api(_: str) -> SimpleNamespace:
        return SimpleNamespace(router=router)

    monkeypatch.setattr(operations, "importlib", SimpleNamespace(import_module=api))


def test_a_text_of_the_api_is_found_wherever_it_stands(planted: None) -> None:
    assert {text.name for text in texts.of_api("planted") if text.undeclared} == {
        "Answer:words",
        "Body:others_like",
        "Inner:nickname",
        "add_pet():pet",
        "add_pet():colour",
    }


def test_nothing_personal_goes_into_a_path_or_a_query_but_codes() -> None:
    found = {
        text.name: text.mark.form
        for service in texts.api_texts().values()
        for text in service
        if "()" in text.shape and text.mark
    }
    assert found
    assert set(found.values()) == {"coded"}
