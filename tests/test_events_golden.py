"""What was once on the wire is readable for ever."""

import json
import re
from pathlib import Path

import pytest
from pydantic import JsonValue

from deploy.schemas.files import FOLDER, released
from deploy.schemas.kinds import key_of, kinds, name_of
from deploy.schemas.node import Node
from libs.common.events import Envelope, fact_of
from tests.support import golden

GOLDEN = sorted(golden.FOLDER.glob("*.json"))
BY_NAME = {name_of(kind): kind for kind in kinds()}


def name_in(path: Path) -> str:
    """`call.started.v1`, also of a later `call.started.v1-2.json`."""
    return re.sub(r"-\d+$", "", path.stem)


def keeps(read: JsonValue, written: JsonValue) -> bool:
    """Whether everything that was written is there; what was added since may be more."""
    if isinstance(written, dict) and isinstance(read, dict):
        return all(key in read and keeps(read[key], part) for key, part in written.items())
    if isinstance(written, list) and isinstance(read, list):
        return len(read) == len(written) and all(map(keeps, read, written))
    return read == written


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_message_is_read_with_every_field(path: Path) -> None:
    written = json.loads(path.read_bytes())
    envelope = Envelope.from_json(path.read_bytes())
    assert keeps(envelope.model_dump(mode="json"), written)
    fact = fact_of(envelope, BY_NAME[name_in(path)])
    assert keeps(fact.model_dump(mode="json"), written["data"])


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_its_type_schema_and_key_are_still_ours(path: Path) -> None:
    envelope = Envelope.from_json(path.read_bytes())
    kind = BY_NAME[name_in(path)]
    event, _, version = name_in(path).rpartition(".")
    assert (envelope.type, kind.TYPE) == (event, event)
    assert envelope.dataschema == f"urn:intnet:event:{event}:{version}"
    fact = fact_of(envelope, kind)
    assert envelope.subject == fact.about()
    words = {"tenant": envelope.tenantid, **fact.model_dump(mode="json")}
    parts = [words[word] for word in key_of(kind).split(":")]
    assert envelope.key.decode() == ":".join(str(part) for part in parts if part)  # lane 0: none


@pytest.mark.parametrize("name", BY_NAME)
def test_every_event_has_one(name: str) -> None:
    assert name in {name_in(path) for path in GOLDEN}, (
        f"add {name} to tests/support/golden.py, then: python -m tests.support.golden"
    )


@pytest.mark.parametrize("name", sorted(released(FOLDER).keys() - {"envelope"}))
def test_every_released_field_is_in_one(name: str) -> None:
    whole: set[str] = set()
    for path in GOLDEN:
        if name_in(path) == name:
            whole |= paths(json.loads(path.read_bytes())["data"])
    there = {field for field, _ in Node.top(released(FOLDER)[name]).walk()}
    assert there <= whole, f"write {name}-2.json, with every field, into {golden.FOLDER.name}/"


def paths(value: JsonValue, path: str = "") -> set[str]:
    """The paths of all fields that hold something."""
    if isinstance(value, list):
        return {found for part in value for found in paths(part, f"{path}[]")}
    if not isinstance(value, dict):
        return set()
    found = {f"{path}.{name}".lstrip(".") for name, part in value.items() if part is not None}
    for name, part in value.items():
        found |= paths(part, f"{path}.{name}".lstrip("."))
    return found


def test_a_lost_or_changed_field_is_noticed() -> None:
    assert keeps({"a": [{"b": 1, "c": 2}]}, {"a": [{"b": 1}]})
    assert not keeps({"a": [{"c": 2}]}, {"a": [{"b": 1}]})
    assert not keeps({"a": [{"b": "1"}]}, {"a": [{"b": 1}]})
    assert not keeps({"a": []}, {"a": [{"b": 1}]})


def test_a_golden_message_is_never_written_again(tmp_path: Path) -> None:
    one = dict(list(golden.CALLS.items())[:1])
    assert golden.write(tmp_path, one) == list(one)
    (tmp_path / "call.started.v1.json").write_text("as it was")
    assert golden.write(tmp_path, one) == []
    assert (tmp_path / "call.started.v1.json").read_text() == "as it was"
