"""What is generated into `docs/events`, and the check that it is up to date."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest

from deploy.schemas import files, kinds
from deploy.schemas.__main__ import main
from deploy.schemas.kinds import Contradiction, key_of, topic_of, urn_of
from deploy.schemas.wiring import wiring_of, wirings
from libs.common.events import AuditNoted, CallEnded, CallMatched, CallStarted, TenantSaved, enclose
from tests.support import golden

DOCUMENT: dict[str, Any] = json.loads(files.generated()["asyncapi.json"])


def test_the_committed_files_are_what_the_code_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().err


def test_the_same_code_gives_the_same_bytes() -> None:
    assert files.generated() == files.generated()


def test_the_schema_has_the_name_that_the_envelope_says() -> None:
    for file, fact in (golden.CALLS | golden.OTHERS).items():
        name = file.partition("-")[0]
        sent = enclose(fact, "goldenagency1", id="e", source="s", time=datetime.now(UTC))
        assert files.schemas()[name]["$id"] == sent.dataschema == urn_of(type(fact))


def test_personal_fields_say_why_they_are_there() -> None:
    party = files.schemas()["call.started.v1"]["properties"]["party"]
    assert party["x-personal"] == {
        "category": "contact",
        "purpose": "to recognise who calls or writes",
        "form": "plain",
    }


def test_the_key_is_read_off_the_event() -> None:
    assert [key_of(kind) for kind in (CallStarted, TenantSaved)] == ["tenant:session_id", "tenant"]


def test_a_topic_that_nobody_creates_is_named() -> None:
    class Lost(CallStarted):
        TOPIC: ClassVar[str] = "lost.v1"

    with pytest.raises(Contradiction, match=r"lost\.v1; add it to libs/common/bus/topics\.py"):
        topic_of(Lost)


def test_two_classes_of_one_type_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_defined", lambda: iter([CallStarted, CallStarted]))
    with pytest.raises(Contradiction, match=r"call\.started\.v1: 2 classes"):
        kinds.kinds()


def test_a_service_is_read_from_its_app() -> None:
    app = ModuleType("app")
    app.CONSUMES = ((CallStarted, print), (CallStarted, repr))  # type: ignore[attr-defined]
    app.FOLLOWS = (CallMatched,)  # type: ignore[attr-defined]
    read = wiring_of("planted", app)
    assert (read.consumes, read.emits, read.follows[0]) == (
        (CallStarted,),
        (AuditNoted,),
        CallMatched,
    )


def test_a_service_that_is_not_there_yet_is_left_out() -> None:
    assert [each.service for each in wirings(["ingest", "nowhere"])] == ["ingest"]


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for below in part.values():
            yield from references(below)
    elif isinstance(part, list):
        for below in part:
            yield from references(below)


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    found = set(references(DOCUMENT))
    assert found
    for reference in found:
        place = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_the_asyncapi_document_says_who_does_what() -> None:
    calls = DOCUMENT["channels"]["calls.v1"]
    assert calls["description"] == "Kept: 7 days. Key: tenant:session_id."
    sent = DOCUMENT["operations"]["ingest.send.calls.v1"]
    assert sent["action"] == "send"
    assert {"$ref": "#/channels/calls.v1/messages/call.ended.v1"} in sent["messages"]
    read = DOCUMENT["operations"]["insights.receive.calls.v1"]
    assert read["bindings"]["kafka"]["groupId"]["const"] == "insights"
    tenants = DOCUMENT["operations"]["ingest.follow.tenants.v1"]
    assert (tenants["action"], "bindings" in tenants) == ("receive", False)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A `docs/events` of its own: other files are written beside it."""
    return tmp_path / "docs" / "events"


def test_the_check_names_each_file_and_writes_nothing(
    docs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([], docs) == 0
    assert main(["--check"], docs) == 0
    (docs / "envelope.json").write_text("{}")
    (docs / "README.md").unlink()
    (docs / "call.gone.v1.json").write_text("{}")
    capsys.readouterr()
    assert main(["--check"], docs) == 1
    told = capsys.readouterr().err
    for name in ("envelope.json", "README.md", "call.gone.v1.json"):
        assert f"{docs / name} is not up to date: run `make schemas`" in told
    assert (docs / "envelope.json").read_text() == "{}"
    assert main([], docs) == 0
    assert main(["--check"], docs) == 0
    assert not (docs / "call.gone.v1.json").exists()


def test_a_breaking_change_fails_the_check_and_is_not_released(
    docs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--release"], docs) == 0
    path = docs / files.RELEASED / "call.ended.v1.json"
    schema = json.loads(path.read_text())
    schema["properties"]["was_here"] = {"type": "string"}
    path.write_text(json.dumps(schema))
    capsys.readouterr()
    for way in (["--check"], ["--release"], []):
        assert main(way, docs) == 1
        assert "call.ended.v1: field `was_here` is gone" in capsys.readouterr().err
    assert "was_here" in path.read_text()
    assert "was_here" not in CallEnded.model_fields
