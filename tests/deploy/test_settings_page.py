"""`docs/settings.md`: every variable that a service reads, and no other."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from deploy.schemas import files
from deploy.schemas.__main__ import main
from deploy.schemas.settings import page, settings_of, type_of
from deploy.schemas.wiring import ROOT
from libs.common.settings import Settings, SettingsError

PAGE = page()
SERVICES = [path.parent.name for path in sorted(ROOT.glob("services/*/settings.py"))]
ROW = re.compile(r"^\| `([A-Z_<>]+)` \| ([^|]+) \| ([^|]+) \| ([^|]*) \|$", re.MULTILINE)


def section(name: str) -> str:
    return PAGE.partition(f"## {name}\n")[2].partition("\n## ")[0]


def rows(name: str) -> dict[str, tuple[str, str]]:
    return {row[1]: (row[2], row[3]) for row in ROW.finditer(section(name))}


def test_the_committed_page_is_what_the_code_says() -> None:
    assert (files.FOLDER / files.SETTINGS).read_text("utf-8") == PAGE


def test_the_check_notices_a_page_that_is_out_of_date(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "events"
    assert main([], folder) == 0
    (tmp_path / "settings.md").write_text("old")
    capsys.readouterr()
    assert main(["--check"], folder) == 1
    assert "settings.md is not up to date: run `make schemas`" in capsys.readouterr().err
    assert (tmp_path / "settings.md").read_text() == "old"
    assert main([], folder) == 0
    assert main(["--check"], folder) == 0


def test_every_service_has_its_section_and_the_shared_ones_stand_once() -> None:
    assert SERVICES
    assert set(re.findall(r"^## (\w+)$", PAGE, re.MULTILINE)) == set(SERVICES)
    assert PAGE.count("`KAFKA_URL`") == 1
    assert len(ROW.findall(PAGE)) == len(set(ROW.findall(PAGE)))


@pytest.mark.parametrize("service", SERVICES)
def test_what_the_page_calls_required_is_what_a_start_asks_for(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = {
        name.replace("<SERVICE>", service.upper()): told
        for name, told in rows("Every service").items()
    }
    told = shared | rows(service)
    for name in told:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingsError) as refused:
        settings_of(service)()
    asked = str(refused.value).removeprefix("Set ").removesuffix(" in the environment.")
    required = [name for name, (_, default) in told.items() if default == "required"]
    assert sorted(asked.split(", ")) == sorted(required)


def test_types_and_defaults_are_in_plain_words() -> None:
    shared = rows("Every service")
    assert shared["<SERVICE>_PORT"] == ("number from 1 to 65535", "required")
    assert shared["ENVIRONMENT"] == ("`development` or `production`", "required")
    assert shared["CLOCK_FILE"] == ("path", "none")
    assert shared["LOG_LEVEL"][1] == "`INFO`"
    assert rows("ingest")["INGEST_SPOOL_BYTES"] == ("number from 1000000", "`1000000000`")
    assert rows("insights")["INSIGHTS_SCORECARD"] == (
        "path",
        "`services/insights/domain/scorecard.yaml`",
    )


def test_no_path_of_this_machine_is_told() -> None:
    assert str(ROOT) not in PAGE


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (str | None, "text"),
        (bool, "true or false"),
        (dict[str, str], "JSON object"),
        (tuple[int, ...], "JSON list"),
        (float, "number"),
    ],
)
def test_each_kind_of_field_has_words(kind: Any, words: str) -> None:
    class Planted(Settings):
        planted: kind = Field(None)

    assert type_of(Planted.model_json_schema()["properties"]["planted"]) == words
