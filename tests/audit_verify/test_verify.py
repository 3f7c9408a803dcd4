"""What the verdict rests on, and what is no verdict at all."""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import deploy.audit_verify
from deploy.audit_verify.__main__ import main
from deploy.audit_verify.findings import Code, Finding, decisive
from tests.audit_verify.files import Files, Run, write
from tests.audit_verify.maker import Made, Signer, leaf, sealed, trail


@pytest.fixture
def files(made: Made, tmp_path: Path) -> Files:
    return write(made, tmp_path)


def test_the_first_entry_affected_decides_then_the_lower_code() -> None:
    def code(*findings: Finding) -> int:
        found = decisive(findings)
        assert found
        return found.code

    late, early = Finding(Code.ALTERED, 30, ""), Finding(Code.TWO_ROOTS, 20, "", "checkpoint")
    assert code(late, early) == 7
    assert code(Finding(Code.BAD_SIGNATURE, 30, "", "checkpoint"), late) == 2
    assert code(Finding(Code.ALTERED, 0, "", "bundle"), early, late) == 7
    assert code(Finding(Code.SOURCE_GAP, 1, ""), late) == 2
    assert code(Finding(Code.SOURCE_GAP, 1, ""), Finding(Code.ALTERED, 0, "", "bundle")) == 2
    assert code(Finding(Code.NUMBER_AGAIN, 1, ""), late) == 2
    assert code(Finding(Code.NUMBER_AGAIN, 1, ""), Finding(Code.ALTERED, 0, "", "bundle")) == 2
    assert code(Finding(Code.NUMBER_AGAIN, 9, ""), Finding(Code.SOURCE_GAP, 9, "")) == 8
    assert code(Finding(Code.NUMBER_AGAIN, 8, ""), Finding(Code.SOURCE_GAP, 9, "")) == 9
    assert decisive([]) is None


def test_a_source_gap_hides_nothing_behind_it(run: Run, tmp_path: Path) -> None:
    made = trail(random.Random(8), 40, skip=5)
    made.entries[29]["hash"] = "0" * 64
    said = run("verify", write(made, tmp_path).options)
    assert (said["code"], said["entry"]) == (2, 30)
    assert {"code": 8, "entry": 5} in [
        {"code": finding["code"], "entry": finding["entry"]} for finding in said["findings"]
    ]


def test_a_number_that_two_notes_have_is_no_gap(run: Run, tmp_path: Path) -> None:
    made = trail(random.Random(8), 10)
    made.seal("matcher", made.counted("matcher"))
    made.checkpoint()
    said = run("verify", write(made, tmp_path).options)
    assert (said["code"], said["entry"]) == (9, 11)
    assert said["result"] == "source number used again"
    assert len(said["findings"]) == 1


def counted(made: Made, *numbers: int) -> Made:
    """The trail with these notes of a further source, in this order, and a checkpoint."""
    for number in numbers:
        made.seal("insights", number)
    made.checkpoint()
    return made


def test_a_note_that_came_late_is_no_longer_missing(made: Made, run: Run, tmp_path: Path) -> None:
    """Behind a checkpoint too: it stands at the end, under the number that it had."""
    said = run("verify", write(counted(made, 1, 5, 6), tmp_path).options)
    assert (said["code"], said["entry"]) == (8, 42)
    assert "notes 2 to 4 were never sealed" in said["message"]
    said = run("verify", write(counted(made, 3), tmp_path).options)
    assert [finding["entry"] for finding in said["findings"]] == [42, 42]
    assert "note 2 was" in said["findings"][0]["message"]
    assert "note 4 was" in said["findings"][1]["message"]
    said = run("verify", write(counted(made, 4, 7, 2), tmp_path).options)
    assert (said["code"], said["findings"], said["entries"]) == (0, [], 47)
    assert said["warnings"][-1].endswith("no longer missing: 44, 45, 47")


def test_a_late_note_that_is_sealed_twice_is_found(made: Made, run: Run, tmp_path: Path) -> None:
    said = run("verify", write(counted(made, 1, 3, 2, 2), tmp_path).options)
    assert (said["code"], said["entry"], len(said["findings"])) == (9, 44, 1)


def test_a_source_that_was_set_back_is_named_once_each_time(
    made: Made, run: Run, tmp_path: Path
) -> None:
    """It goes on from number 3 with other notes, then from 2; and one note never came."""
    said = run("verify", write(counted(made, 1, 2, 3, 4, 3, 4, 5, 2, 3, 7), tmp_path).options)
    told = [(finding["code"], finding["entry"]) for finding in said["findings"]]
    assert told == [(9, 45), (9, 48), (8, 50)]
    assert "notes 3 to 4 of insights, from entry 45 on, have" in said["message"]
    assert said["code"] == 9


def test_numbers_used_again_hide_nothing_behind_them(made: Made, run: Run, tmp_path: Path) -> None:
    counted(made, 1, 2, 2)
    made.entries[41]["hash"] = "0" * 64
    said = run("verify", write(made, tmp_path).options)
    assert (said["code"], said["entry"]) == (2, 42)


def test_a_source_that_jumps_far_takes_no_memory(made: Made, run: Run, tmp_path: Path) -> None:
    said = run("verify", write(counted(made, 2**52, 2**51), tmp_path).options)
    assert [finding["entry"] for finding in said["findings"]] == [41, 41]
    assert f"notes 1 to {2**51 - 1} were" in said["findings"][0]["message"]


def test_a_tail_that_no_checkpoint_covers_is_said_to_be_unproven(
    made: Made, run: Run, tmp_path: Path
) -> None:
    for _ in range(3):
        made.seal("gateway", made.counted("gateway") + 1)
    said = run("verify", write(made, tmp_path).options)
    assert said["code"] == 0
    assert "entries 41 to 43 came after the newest checkpoint" in said["warnings"][0]
    assert "ends at 43 is unproven" in said["warnings"][1]


def test_a_trail_that_nobody_signed_is_said_to_prove_little(
    made: Made, run: Run, tmp_path: Path
) -> None:
    said = run("verify", write(Made(made.signer, made.entries), tmp_path).options)
    assert said["code"] == 0
    assert "could as well have written others" in said["warnings"][0]


def test_the_trail_of_one_tenant_among_others(made: Made, run: Run, tmp_path: Path) -> None:
    other = trail(random.Random(1), 5)
    other.entries = [
        sealed(other.fields(number) | {"tenant": "t2bbbbbb", "prev": "0" * 64})
        for number in range(1, 2)
    ]
    both = Made(made.signer, [*other.entries, *made.entries], made.checkpoints)
    options = write(both, tmp_path).options
    said = run("verify", options)
    assert (said["code"], "--tenant" in said["message"]) == (1, True)
    said = run("verify", options, "--tenant", "t1aaaaaa")
    assert (said["code"], said["entries"]) == (0, 40)
    assert run("verify", options, "--tenant", "t3cccccc")["code"] == 1


def test_a_checkpoint_of_another_trail_proves_nothing(made: Made, run: Run, tmp_path: Path) -> None:
    """The same key signs for every tenant: the origin says for which."""
    other = Made(made.signer, tenant="t2bbbbbb")
    other.seal("gateway", 1)
    made.checkpoints.append(other.checkpoint() | {"tenant": "t1aaaaaa"})
    said = run("verify", write(made, tmp_path).options)
    assert (said["code"], said["checkpoint"]) == (5, 1)


def test_an_entry_of_another_tenant_under_this_name_is_refused(
    made: Made, run: Run, tmp_path: Path
) -> None:
    foreign = sealed(made.fields(40) | {"tenant": "t2bbbbbb"})
    made.entries[39] = foreign | {"tenant": "t1aaaaaa"}
    said = run("verify", write(made, tmp_path).options, "--tenant", "t1aaaaaa")
    assert (said["code"], said["entry"]) == (2, 40)


@pytest.mark.parametrize(
    "entry",
    ["[]", '"text"', "{}", "nothing", '{"v":1e400}', '{"a":1,"a":1}', "\ud800", "[" * 100_000],
)
def test_what_is_no_entry_though_its_hash_holds(
    made: Made, run: Run, tmp_path: Path, entry: str
) -> None:
    hashed = leaf(entry).hex() if entry.isprintable() else "0" * 64
    made.entries[16] |= {"entry": entry, "hash": hashed}
    said = run("verify", write(made, tmp_path).options)
    assert (said["code"], said["entry"]) == (2, 17)


def test_entries_of_a_later_version_ask_for_a_later_program(
    made: Made, run: Run, tmp_path: Path
) -> None:
    made.entries[39] = sealed(made.fields(40) | {"v": 2})
    said = run("verify", write(made, tmp_path).options)
    assert (said["code"], "version 2" in said["message"]) == (1, True)


def test_cloud_events_are_read_as_their_data_is(made: Made, run: Run, tmp_path: Path) -> None:
    for lot in (made.entries, made.checkpoints):
        lot[:] = [{"specversion": "1.0", "type": "audit", "data": line} for line in lot]
    assert run("verify", write(made, tmp_path).options)["code"] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["verify"],
        ["verify", "--entries", "missing"],
        ["verify", "--entries", "missing", "--checkpoints", "missing", "--keys", "missing"],
        ["verify", "--bootstrap", "localhost:1", "--bundle", "b.zip"],
        ["verify", "--bootstrap", "localhost:1", "--keys", "missing"],
        ["verify", "--unknown"],
        ["check-inclusion", "--proof", "missing", "--keys", "missing"],
        ["tail", "--keys", "missing", "--tenant", "t1aaaaaa", "--state", "note"],
    ],
)
def test_what_is_called_wrongly_is_no_verdict(arguments: list[str]) -> None:
    try:
        code = main(arguments)
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else -1
    assert code == 1


def test_an_empty_file_is_no_trail(run: Run, files: Files) -> None:
    files.entries.write_bytes(b"")
    files.checkpoints.write_bytes(b"")
    said = run("verify", files.options)
    assert (said["code"], said["message"][:17]) == (1, "there is no trail")


def test_people_get_a_sentence(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", *files.options]) == 0
    assert capsys.readouterr().out.startswith("valid: 40 entries of t1aaaaaa are as they were")
    lines = files.entries.read_bytes().splitlines(keepends=True)
    files.entries.write_bytes(b"".join(lines[:16] + lines[17:]))
    assert main(["verify", *files.options]) == 3
    assert capsys.readouterr().out.startswith("gap: entry 17 is missing: entry 18 lies in that")


def test_a_copy_of_the_folder_is_the_whole_program(files: Files, tmp_path: Path) -> None:
    """In isolated mode, where nothing of the platform can be imported."""
    alone = tmp_path / "elsewhere"
    shutil.copytree(Path(deploy.audit_verify.__file__).parent, alone / "audit_verify")
    start = f"import sys, runpy; sys.path.insert(0, {str(alone)!r}); sys.argv[0] = 'audit_verify'; "
    run = "runpy.run_module('audit_verify', run_name='__main__')"
    command = [sys.executable, "-I", "-c", start + run, "verify", *files.options, "--json"]
    done = subprocess.run(command, cwd=alone, capture_output=True, text=True)
    assert (done.returncode, json.loads(done.stdout)["entries"]) == (0, 40), done.stderr


def test_a_key_that_is_not_the_trails_signs_nothing(made: Made, run: Run, tmp_path: Path) -> None:
    files = write(made, tmp_path)
    files.keys.write_text(Signer().verifier)
    said = run("verify", files.options)
    assert (said["code"], said["checkpoint"]) == (5, made.checkpoints[0]["size"])
