"""Proofs that are handed over, and their being checked by somebody without the trail."""

import json
from pathlib import Path
from typing import Any

import pytest

from deploy.audit_verify.__main__ import main
from tests.audit_verify.files import Files, Run, write
from tests.audit_verify.maker import ORIGIN, Made, Signer, leaf, signed

Proof = dict[str, Any]


@pytest.fixture
def files(made: Made, tmp_path: Path) -> Files:
    made.checkpoints.clear()
    for size in (11, 16, 40):
        made.checkpoint(size)
    return write(made, tmp_path)


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    return tmp_path / "proof.json"


def proved(capsys: pytest.CaptureFixture[str], files: Files, *command: str) -> Proof:
    code = main([command[0], *files.options, *command[1:]])
    assert code == 0
    return dict(json.loads(capsys.readouterr().out))


def check(run: Run, files: Files, file: Path, proof: Proof) -> Proof:
    file.write_text(json.dumps(proof))
    return run(f"check-{proof['proof']}", ["--proof", str(file), "--keys", str(files.keys)])


@pytest.mark.parametrize("sequence", [1, 11, 12, 16, 17, 40])
def test_an_entry_is_proved(
    made: Made, files: Files, proof: Path, run: Run, capsys: Any, sequence: int
) -> None:
    found = proved(capsys, files, "inclusion", "--sequence", str(sequence))
    assert found["entry"] == made.entries[sequence - 1]["entry"]
    assert check(run, files, proof, found)["code"] == 0


def test_another_entry_is_not(made: Made, files: Files, proof: Path, run: Run, capsys: Any) -> None:
    found = proved(capsys, files, "inclusion", "--sequence", "12")
    forged = found["entry"].replace("done", "refused")
    said = check(run, files, proof, found | {"entry": forged, "hash": leaf(forged).hex()})
    assert (said["code"], said["entry"]) == (2, 12)
    assert check(run, files, proof, found | {"entry": forged})["code"] == 2
    assert check(run, files, proof, found | {"path": found["path"][1:]})["code"] == 2
    assert check(run, files, proof, found | {"path": ["no hex"]})["code"] == 1
    stranger = signed(Signer(ORIGIN), 40, bytes(32))["note"]
    assert check(run, files, proof, found | {"checkpoint": stranger})["code"] == 5
    assert check(run, files, proof, found | {"tenant": "t2bbbbbb"})["code"] == 2


@pytest.mark.parametrize(("old", "new"), [(11, 16), (11, 40), (16, 40), (16, 16)])
def test_growth_is_proved(
    files: Files, proof: Path, run: Run, capsys: Any, old: int, new: int
) -> None:
    found = proved(capsys, files, "consistency", str(old), str(new))
    assert check(run, files, proof, found)["code"] == 0


def test_a_history_that_was_changed_between_two_checkpoints_is_not(
    made: Made, files: Files, proof: Path, run: Run, capsys: Any
) -> None:
    found = proved(capsys, files, "consistency", "11", "40")
    other = signed(made.signer, 11, bytes(32))["note"]
    said = check(run, files, proof, found | {"old": other})
    assert (said["code"], said["checkpoint"]) == (4, 11)
    same = found | {"old": signed(made.signer, 40, bytes(32))["note"], "path": []}
    assert check(run, files, proof, same)["code"] == 7
    stranger = signed(Signer(ORIGIN), 40, bytes(32))["note"]
    assert check(run, files, proof, found | {"new": stranger})["code"] == 5
    assert check(run, files, proof, found | {"old": found["new"], "new": found["old"]})["code"] == 4


def test_there_is_no_proof_of_what_is_not_there(files: Files, run: Run) -> None:
    for sequence in ("0", "-1", "41"):
        assert run("inclusion", files.options, "--sequence", sequence)["code"] == 1
    assert run("consistency", files.options, "12", "40")["code"] == 1
    assert run("consistency", files.options, "40", "16")["code"] == 1


def test_a_trail_that_is_not_whole_gives_no_proof(made: Made, files: Files, run: Run) -> None:
    made.entries[30]["hash"] = "0" * 64
    write(made, files.entries.parent)
    said = run("inclusion", files.options, "--sequence", "5")
    assert (said["code"], said["entry"]) == (2, 31)


def test_one_kind_of_proof_is_not_the_other(
    files: Files, proof: Path, run: Run, capsys: Any
) -> None:
    found = proved(capsys, files, "consistency", "11", "40")
    proof.write_text(json.dumps(found))
    options = ["--proof", str(proof), "--keys", str(files.keys)]
    assert run("check-inclusion", options)["code"] == 1
