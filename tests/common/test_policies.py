"""The operators' policies, and that nobody changes a text that was published."""

import hashlib
import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from libs.common import policies, profiles
from libs.common.policies import FOLDER, Altered


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy to break things in."""
    shutil.copytree(FOLDER, tmp_path / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "policies"


def add(folder: Path, version: str, text: str, updated: date | None) -> None:
    index = yaml.safe_load((folder / "index.yaml").read_text())
    (folder / "intnet-iq" / f"{version}.txt").write_text(text)
    index["intnet-iq"]["versions"].append(
        {
            "version": version,
            "posted": date(2027, 1, 10),
            "effective": updated,
            "updated": updated,
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
        }
    )
    (folder / "index.yaml").write_text(yaml.safe_dump(index))


def test_each_operator_has_its_policy() -> None:
    assert tuple(sorted(policies.load())) == profiles.names()


def test_a_policy_is_what_the_operator_published() -> None:
    policy = policies.load()["intnet-iq"]
    assert policy.current.text.startswith("Legal\n\nPrivacy Policy\n")
    assert policy.current.updated == policy.current.effective == date(2026, 4, 7)
    assert hashlib.sha256(policy.current.text.encode()).hexdigest() == policy.current.sha256
    other = policies.load()["interkey-connect"].current
    assert "Email: [email protected]" in other.text
    assert other.updated is None


def test_a_text_that_was_published_stays_as_it_is(folder: Path) -> None:
    text = folder / "interkey-connect" / "1.txt"
    text.write_text(text.read_text().replace("do not sell", "sell"))
    with pytest.raises(Altered, match=r"interkey-connect/1\.txt .* as a new version"):
        policies.load(folder)


def test_a_changed_text_is_a_new_version(folder: Path) -> None:
    add(folder, "2", "Other words.", date(2027, 1, 10))
    policy = policies.load(folder)["intnet-iq"]
    assert (policy.current.version, policy.current.text) == ("2", "Other words.")
    first = policy.version("1")
    assert first
    assert first.text.startswith("Legal")
    assert policy.version(None) == policy.current
    assert policy.version("3") is None


@pytest.mark.parametrize(
    ("version", "updated"),
    [("2", date(2026, 4, 7)), ("2", None), ("1", date(2027, 1, 10))],
)
def test_an_update_has_the_next_number_and_a_later_date(
    folder: Path, version: str, updated: date | None
) -> None:
    text = (folder / "intnet-iq" / "1.txt").read_text() if version == "1" else "Other words."
    add(folder, version, text, updated)
    with pytest.raises(Altered, match="the next number, and a later date"):
        policies.load(folder)
