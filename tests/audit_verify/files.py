"""Trails as files, and the program as its users call it."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deploy.audit_verify.__main__ import main
from tests.audit_verify.maker import Line, Made

Said = dict[str, Any]
Run = Callable[..., Said]


@dataclass(frozen=True)
class Files:
    """The three files of a trail."""

    entries: Path
    checkpoints: Path
    keys: Path

    @property
    def options(self) -> list[str]:
        named = (("--entries", self.entries), ("--checkpoints", self.checkpoints))
        return [str(part) for pair in (*named, ("--keys", self.keys)) for part in pair]


def lines(records: Iterable[Line]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def write(made: Made, folder: Path) -> Files:
    files = Files(folder / "entries.ndjson", folder / "checkpoints.ndjson", folder / "keys.txt")
    files.entries.write_bytes(lines(made.entries))
    files.checkpoints.write_bytes(lines(made.checkpoints))
    files.keys.write_text(made.signer.verifier + "\n")
    return files


def bundle(made: Made, file: Path, **changed: bytes) -> Path:
    """A zip as it is handed over; `changed` are contents that its manifest does not know."""
    files = {
        "entries.ndjson": lines(made.entries),
        "checkpoints.ndjson": lines(made.checkpoints),
        "keys.txt": made.signer.verifier.encode(),
    }
    manifest = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    files["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(file, "w") as opened:
        for name, content in files.items():
            opened.writestr(name, changed.get(name.partition(".")[0], content))
    return file


def runner(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command with --json; what it says, which must agree with its exit code."""

    def run(command: str, options: Sequence[str], *more: str) -> Said:
        code = main([command, *options, *more, "--json"])
        said = dict(json.loads(capsys.readouterr().out))
        assert said["code"] == code
        return said

    return run
