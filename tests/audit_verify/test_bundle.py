"""A trail in one zip."""

import json
import zipfile
from pathlib import Path

import pytest

from tests.audit_verify.files import Run, bundle, lines
from tests.audit_verify.maker import Made, Signer, sealed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "trail.zip"


def test_a_bundle_is_accepted(made: Made, run: Run, file: Path) -> None:
    said = run("verify", ["--bundle", str(bundle(made, file))])
    assert (said["code"], said["entries"], said["newest_checkpoint"]) == (0, 40, 40)
    (witness, keys) = said["warnings"]
    assert "--witness" in witness
    assert "keys came with the bundle" in keys


def test_keys_from_elsewhere_are_believed_before_its_own(
    made: Made, run: Run, file: Path, tmp_path: Path
) -> None:
    """All of a bundle can be made anew by somebody with a key of his own."""
    forged = Made(Signer(made.signer.name), list(made.entries))
    forged.entries[-1] = sealed(made.fields(40) | {"outcome": "refused"})
    forged.checkpoint()
    known = tmp_path / "keys.txt"
    known.write_text(made.signer.verifier)
    options = ["--bundle", str(bundle(forged, file))]
    assert run("verify", options)["code"] == 0
    assert run("verify", options, "--keys", str(known))["code"] == 5


def test_an_entry_is_named_before_the_file_it_is_in(made: Made, run: Run, file: Path) -> None:
    dropped = lines(line for line in made.entries if line["sequence"] != 17)
    said = run("verify", ["--bundle", str(bundle(made, file, entries=dropped))])
    assert (said["code"], said["entry"]) == (3, 17)
    assert [finding["code"] for finding in said["findings"]] == [3, 2]


def test_a_bundle_whose_manifest_denies_a_file_is_refused(made: Made, run: Run, file: Path) -> None:
    """The chain holds; but somebody took the tail and its checkpoints, or added a key."""
    short = Made(made.signer, made.entries[:20])
    short.checkpoint()
    said = run(
        "verify",
        [
            "--bundle",
            str(
                bundle(
                    made, file, entries=lines(short.entries), checkpoints=lines(short.checkpoints)
                )
            ),
        ],
    )
    assert said["code"] == 2
    assert "checkpoints.ndjson is not the file" in said["message"]


def test_what_is_no_bundle(made: Made, run: Run, file: Path) -> None:
    def why() -> str:
        said = run("verify", ["--bundle", str(file)])
        assert said["code"] == 1
        return str(said["message"])

    assert "cannot be read" in why()
    bundle(made, file)
    content = bytearray(file.read_bytes())
    content[200] ^= 1
    file.write_bytes(content)
    assert "cannot be read" in why()
    bundle(made, file, manifest=b"[1]")
    assert "cannot be read" in why()
    bundle(made, file, keys=b"no key")
    assert "no verifier key" in why()
    with zipfile.ZipFile(file, "w") as opened:
        opened.writestr("manifest.json", json.dumps({}))
    assert "holds no entries.ndjson" in why()
