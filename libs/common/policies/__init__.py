"""The operators' privacy policies as they published them: every version, word for word.

A policy has the id of its operator's profile.
"""

import hashlib
import itertools
from datetime import date
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(__file__).parent
_INDEX = "index.yaml"


class Altered(ValueError):
    """A published text is not what it was; the message says which, and what to do."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Listed(_Strict):
    """A version as the index has it; `updated` is its "Last Updated", where the text has one."""

    version: str = Field(pattern=r"^[1-9][0-9]*$")
    posted: date
    effective: date | None
    updated: date | None
    sha256: str


class Version(_Listed):
    """A version with its text; `sha256` is that of the text in UTF-8, in hex."""

    text: str


class Policy(_Strict):
    """One operator's policy; `versions` are in order, the last one counts."""

    name: str
    title: str
    language: str
    versions: tuple[Version, ...] = Field(min_length=1)

    @property
    def current(self) -> Version:
        """The one that counts."""
        return self.versions[-1]

    def version(self, wanted: str | None) -> Version | None:
        """The one with this number, or the current one; None where there is no such."""
        if wanted is None:
            return self.current
        return next((each for each in self.versions if each.version == wanted), None)


def load(folder: Path = FOLDER) -> dict[str, Policy]:
    """All policies by name. Raises Altered where a text is not the one that was published."""
    index = yaml.safe_load((folder / _INDEX).read_text("utf-8"))
    return {name: _policy(folder, name, said) for name, said in index.items()}


def _policy(folder: Path, name: str, said: dict[str, object]) -> Policy:
    listed = [_Listed.model_validate(each) for each in _list(said["versions"])]
    versions = [_version(folder / name / f"{each.version}.txt", each) for each in listed]
    for former, later in itertools.pairwise(versions):
        if int(former.version) >= int(later.version) or not _is_later(former, later):
            raise Altered(
                f"{name} {later.version}: give it the next number, and a later date in `updated`"
            )
    return Policy.model_validate({**said, "name": name, "versions": versions})


def _version(file: Path, listed: _Listed) -> Version:
    text = file.read_bytes()
    if (found := hashlib.sha256(text).hexdigest()) != listed.sha256:
        raise Altered(
            f"{file.parent.name}/{file.name} has the hash {found}, and was published with another: "
            "restore it, and add the changed text as a new version to index.yaml"
        )
    return Version(text=text.decode(), **listed.model_dump())


def _is_later(former: Version, later: Version) -> bool:
    """An update says when it was made; the first version need not."""
    return later.updated is not None and later.updated > (former.updated or former.posted)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
