"""The gateway's table and what is served are one: a row that is taken out turns the check red."""

import pytest

from deploy.schemas import operations
from deploy.schemas.__main__ import main
from services.gateway.domain.permissions import TABLE

SERVED = operations.served()


def test_every_operation_has_its_row() -> None:
    assert operations.faults() == []


def test_the_command_is_red_where_an_operation_has_no_row(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(TABLE, ("GET", "/v1/privacy/data-map"))
    assert main(["--check"]) == 1
    told = capsys.readouterr().err
    assert told.endswith("GET /v1/privacy/data-map is served, and has no row\n")


@pytest.mark.parametrize("row", sorted(TABLE), ids=" ".join)
def test_a_row_that_is_taken_out_is_missed(row: tuple[str, str]) -> None:
    left = {other: scope for other, scope in TABLE.items() if other != row}
    assert operations.differing(left, SERVED) == [f"{row[0]} {row[1]} is served, and has no row"]


def test_a_row_that_nobody_serves_is_told() -> None:
    more = {**TABLE, ("GET", "/v1/secrets"): "open"}
    assert operations.differing(more, SERVED) == ["GET /v1/secrets has a row, and is not served"]
