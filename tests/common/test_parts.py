"""What is handed over of a person: plain rows, in pieces that events carry."""

import json
from base64 import b64decode
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.events import ExportOrdered, ExportPart, enclose
from libs.common.events.privacy import PART_FIELD
from libs.common.keys import Keys, create_tenant_keys
from libs.common.mongo import Entity
from libs.common.mongo.outbox import MOST_BYTES
from libs.common.privacy import LARGEST, Teller, pieces, plain
from tests.support.memory import Tables
from tests.support.units import MemoryScope

NOON = datetime(2026, 5, 19, 12, tzinfo=UTC)
ORDER = ExportOrdered(request_id="req_1", subject="s", at=NOON)
SOME = st.lists(st.fixed_dictionaries({"text": st.text('aé"\\ي', max_size=40)}), max_size=9)
ROWS = st.fixed_dictionaries({"calls": SOME, "messages": SOME, "customers": SOME})


@pytest.fixture
def teller(tmp_path: Path) -> Teller:
    create_tenant_keys(tmp_path / "keys.json", "agencyaaa")
    return Teller(MemoryScope("agencyaaa", Tables()), Keys(tmp_path / "keys.json"))


def opened(teller: Teller, parts: list[ExportPart]) -> list[Any]:
    return [json.loads(str(teller.open(PART_FIELD, b64decode(one.sealed)))) for one in parts]


@given(rows=ROWS, largest=st.integers(500, 900))
def test_pieces_put_together_are_the_rows_and_none_is_too_long(
    rows: dict[str, list[dict[str, str]]], largest: int
) -> None:
    told = pieces(rows, largest)
    assert told
    assert all(len(piece) <= largest for piece in told)
    together: dict[str, list[Any]] = {}
    for piece in told:
        for name, some in json.loads(piece).items():
            together.setdefault(name, []).extend(some)
    assert together == {name: some for name, some in rows.items() if some}


def test_a_row_that_fits_into_no_event_is_an_error_that_repeats_none_of_it() -> None:
    with pytest.raises(ValueError, match="calls") as raised:
        pieces({"calls": [{"text": "zebra" * LARGEST}]})
    assert "zebra" not in str(raised.value)


def test_values_are_as_json_has_them() -> None:
    told = plain({"at": NOON, "on": date(2026, 5, 1), "cost": Decimal("0.10"), "none": None})
    assert told == {"at": "2026-05-19T12:00:00.000Z", "on": "2026-05-01", "cost": "0.10"}
    with pytest.raises(TypeError):
        plain({"text": b"sealed"})


def test_a_store_with_nothing_answers_one_part_with_nothing(teller: Teller) -> None:
    (part,) = teller.parts(ORDER, "matcher", NOON, {"customers": []})
    assert (part.index, part.parts, part.store, part.at) == (0, 1, "matcher", NOON)
    assert opened(teller, [part]) == [{}]


def test_every_part_fits_into_an_event(teller: Teller) -> None:
    rows = {"messages": [{"id": i, "text": "é" * 2000} for i in range(400)]}
    parts = list(teller.parts(ORDER, "messaging", NOON, rows))
    assert [part.index for part in parts] == list(range(len(parts)))
    assert {part.parts for part in parts} == {len(parts)} != {1}
    for part in parts:
        event = enclose(part, "agencyaaa", id="e", source="messaging", time=NOON)
        assert len(event.key) + len(event.to_json()) < MOST_BYTES
    ids = [row["id"] for piece in opened(teller, parts) for row in piece["messages"]]
    assert ids == list(range(400))


async def test_rows_are_those_about_the_person_as_they_are_shown(teller: Teller) -> None:
    entity = Entity("calls", {"subjects": ("array",)}, person="subjects")
    calls = teller._scope.collection("calls")
    for key, subjects in (("one", ["s", "t"]), ("two", ["t"]), ("three", ["s"])):
        await calls.insert({"_id": key, "subjects": subjects})
    rows = await teller.rows(
        entity, "s", lambda row: {"id": row["_id"]} if row["_id"] != "three" else None
    )
    assert rows == [{"id": "one"}]
    assert await teller.rows(Entity("calls", {}), "s", dict) == []
