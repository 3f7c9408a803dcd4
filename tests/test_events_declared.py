"""Every field that could hold words says what it is: in documents, events and the API."""

from typing import Annotated, ClassVar

from deploy.schemas import declared
from deploy.schemas.contract import of_kind
from deploy.schemas.kinds import Kind, kinds
from deploy.schemas.node import Node
from deploy.schemas.plain import CODED, KNOWN, OURSELVES, OWN
from deploy.schemas.texts import api_texts, of_event
from libs.common.events import Event, Fact, Personal


def undeclared(kind: Kind) -> set[str]:
    """The text fields that are neither personal nor on a list."""
    return {text.name for text in of_event(kind) if text.undeclared}


def test_everything_is_declared() -> None:
    assert declared.undeclared() == []
    assert declared.strangers() == []


def test_no_list_speaks_of_a_field_that_is_gone() -> None:
    texts = [text for kind in kinds() for text in of_event(kind)]
    texts += [text for found in api_texts().values() for text in found]
    assert {text.name for text in texts} >= OWN
    assert {text.shape for text in texts} >= OURSELVES
    assert {text.path_end for text in texts} >= KNOWN | set(CODED)


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
