"""The checkpoint that is remembered elsewhere."""

import copy
from pathlib import Path

import pytest

from tests.audit_verify.files import Run, write
from tests.audit_verify.maker import Made, sealed


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere" / "note.txt"


@pytest.fixture(autouse=True)
def folder(state: Path) -> None:
    state.parent.mkdir()


def options(made: Made, state: Path) -> list[str]:
    return [*write(made, state.parent.parent).options, "--state", str(state)]


def test_it_remembers_and_goes_forward(made: Made, run: Run, state: Path) -> None:
    assert run("witness", options(made, state))["code"] == 0
    assert state.read_text() == made.checkpoints[-1]["note"]
    made.seal("gateway", made.counted("gateway") + 1)
    assert run("witness", options(made, state))["code"] == 0
    assert state.read_text() == made.checkpoints[-1]["note"]
    made.checkpoint()
    assert run("witness", options(made, state))["code"] == 0
    assert state.read_text() == made.checkpoints[-1]["note"]
    assert [file.name for file in state.parent.iterdir()] == ["note.txt"]


def test_it_refuses_to_go_back(made: Made, run: Run, state: Path) -> None:
    run("witness", options(made, state))
    remembered = state.read_text()
    short = Made(made.signer, made.entries[:25])
    short.checkpoint()
    said = run("witness", options(short, state))
    assert (said["code"], said["entry"]) == (6, 26)
    assert state.read_text() == remembered


def test_it_refuses_another_history_even_if_that_is_signed(
    made: Made, run: Run, state: Path
) -> None:
    """The holder of the key showed one trail to the witness, and shows another now."""
    run("witness", options(made, state))
    remembered = state.read_text()
    other = copy.deepcopy(made)
    other.entries[39] = sealed(made.fields(40) | {"outcome": "refused"})
    other.checkpoints.clear()
    other.checkpoint()
    said = run("witness", options(other, state))
    assert (said["code"], said["checkpoint"]) == (7, 40)
    other.checkpoints.clear()
    other.seal("gateway", made.counted("gateway") + 1)
    other.checkpoint()
    said = run("witness", options(other, state))
    assert (said["code"], said["entry"]) == (2, 1)
    assert state.read_text() == remembered


def test_a_memory_that_was_tampered_with_is_no_start(made: Made, run: Run, state: Path) -> None:
    state.write_text("forget it")
    assert run("witness", options(made, state))["code"] == 5
    assert state.read_text() == "forget it"


def test_a_lost_note_does_not_stop_it(run: Run, state: Path, made: Made) -> None:
    made.seal("gateway", made.counted("gateway") + 2)
    made.checkpoint()
    assert run("witness", options(made, state))["code"] == 8
    assert state.read_text() == made.checkpoints[-1]["note"]


def test_a_memory_that_cannot_be_written_is_said(run: Run, state: Path, made: Made) -> None:
    told = options(made, state)
    state.parent.rmdir()
    said = run("witness", told)
    assert (said["code"], "note.txt cannot be written" in said["message"]) == (1, True)


def test_a_source_that_was_set_back_does_not_stop_it(run: Run, state: Path, made: Made) -> None:
    made.seal("gateway", made.counted("gateway"))
    made.checkpoint()
    assert run("witness", options(made, state))["code"] == 9
    assert state.read_text() == made.checkpoints[-1]["note"]
