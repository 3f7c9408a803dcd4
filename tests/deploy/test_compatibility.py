"""Changes of a released event: what breaks a reader is refused, and said where."""

from typing import Annotated, ClassVar, Literal

import pytest
from pydantic import AwareDatetime, ConfigDict, Field, create_model

from deploy.schemas.compatibility import incompatible
from deploy.schemas.contract import of_kind
from deploy.schemas.files import FOLDER, released, schemas
from deploy.schemas.kinds import Kind
from libs.common.events import Event, Fact, Personal


class Part(Fact):
    code: str
    weight: float = 1.0


class Rung(Event):
    """As it was released."""

    TYPE: ClassVar[str] = "call.rung"
    TOPIC: ClassVar[str] = "calls.v1"

    session_id: str
    rang_at: AwareDatetime
    rows: int
    tone: Literal["good", "bad"] = "good"
    note: str | None = None
    parts: tuple[Part, ...] = ()
    counts: dict[str, int] = Field(default_factory=dict)

    def about(self) -> str:
        return self.session_id


def changed(**fields: object) -> Kind:
    """The event with other fields; None takes one away."""
    kept = {
        name: (field.annotation, field)
        for name, field in Rung.model_fields.items()
        if name not in fields
    }
    new = {name: told for name, told in fields.items() if told is not None}

    class Base(Event):
        TYPE: ClassVar[str] = "call.rung"
        TOPIC: ClassVar[str] = "calls.v1"

        def about(self) -> str:
            return str(getattr(self, "session_id", getattr(self, "call_id", "")))

    return create_model("Rung", __base__=Base, **(kept | new))  # type: ignore[call-overload,no-any-return]


def refusals(kind: Kind) -> list[str]:
    return incompatible({"call.rung.v1": of_kind(Rung)}, {"call.rung.v1": of_kind(kind)})


class Shorter(Fact):
    code: str


class Longer(Part):
    unit: str


class Retyped(Part):
    code: int  # type: ignore[assignment]


class Renamed(Fact):
    """The same part under another class name."""

    code: str
    weight: float = 1.0


class Closed(Part):
    model_config = ConfigDict(extra="forbid")


BREAKING = [
    ({"rows": None}, "field `rows` is gone"),
    ({"note": None}, "field `note` is gone"),
    ({"rows": None, "lines": (int, 0)}, "field `rows` is gone"),
    ({"rows": (str, ...)}, "rows: was integer, is string"),
    ({"rows": (int | None, ...)}, "rows: was integer, is integer or null"),
    ({"note": (str, "")}, "note: was null or string, is string"),
    ({"rang_at": (str, ...)}, "rang_at: was string(date-time), is string"),
    ({"added": (str, ...)}, "field `added` is required and was not; give it a default"),
    ({"note": (str | None, ...)}, "field `note` is required and was not; give it a default"),
    ({"rows": (int, 0)}, "field `rows` was always there and may be missing now"),
    ({"tone": (Literal["good"], "good")}, "tone: no longer allows bad"),
    ({"session_id": (Literal["a"], ...)}, "session_id: no longer allows any value"),
    ({"session_id": (Annotated[str, Field(max_length=9)], ...)}, "`maxLength` was None, is 9"),
    ({"parts": (tuple[Shorter, ...], ())}, "parts[]: field `weight` is gone"),
    ({"parts": (tuple[Longer, ...], ())}, "parts[]: field `unit` is required and was not"),
    ({"parts": (tuple[Retyped, ...], ())}, "parts[].code: was string, is integer"),
    ({"parts": (tuple[Closed, ...], ())}, "parts[]: `additionalProperties` was None, is False"),
    ({"parts": (Part | None, None)}, "parts: was array, is null or object"),
    ({"counts": (dict[str, str], {})}, "counts{}: was integer, is string"),
    ({"session_id": None, "call_id": (str, ...)}, "key was tenant:session_id, is tenant:call_id"),
]


@pytest.mark.parametrize(("fields", "told"), BREAKING, ids=[told for _, told in BREAKING])
def test_what_breaks_a_reader_is_refused(fields: dict[str, object], told: str) -> None:
    found = refusals(changed(**fields))
    assert any(told in refusal for refusal in found), found
    assert all(refusal.startswith("call.rung.v1: ") for refusal in found)


HARMLESS = [
    {},
    {"added": (str | None, None)},
    {"added": (int, 0)},
    {"added": (tuple[Part, ...], ())},
    {"tone": (Literal["good", "bad", "odd"], "good")},
    {"tone": (Literal["bad", "good"], "good")},
    {"rows": (Annotated[int, Personal("behaviour", "a test")], ...)},
    {"rows": (Annotated[int, Field(description="Rows of the file.")], ...)},
    {"parts": (tuple[Renamed, ...], ())},
]


@pytest.mark.parametrize("fields", HARMLESS, ids=str)
def test_what_breaks_nobody_passes(fields: dict[str, object]) -> None:
    assert refusals(changed(**fields)) == []


def test_another_topic_is_refused() -> None:
    class Moved(Rung):
        TOPIC: ClassVar[str] = "matches.v1"

    assert refusals(Moved) == ["call.rung.v1: topic was calls.v1, is matches.v1"]


def test_an_event_may_come_but_not_go() -> None:
    assert incompatible({}, {"call.rung.v1": of_kind(Rung)}) == []
    assert incompatible({"call.rung.v1": of_kind(Rung)}, {}) == ["call.rung.v1: gone"]


def test_todays_events_break_nothing_that_was_released() -> None:
    assert incompatible(released(FOLDER), schemas()) == []
