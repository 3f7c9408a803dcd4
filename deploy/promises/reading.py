"""`docs/promises.yaml`: every sentence of the policies, and what stands behind it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

FILE = "docs/promises.yaml"

State = Literal["kept", "partly", "open"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Promise(_Strict):
    """One sentence, as it stands in the text.

    `control` is what in the system keeps it, with files in backticks. `tests` are named as pytest
    does (`tests/gateway/test_pages.py::test_name`). `gap` says exactly what is missing.
    """

    id: str = Field(pattern=r"^[AB][0-9]{1,2}[a-z0-9-]*$")
    sentence: str = Field(min_length=1)
    control: str = Field(min_length=1)
    tests: tuple[str, ...] = ()
    gap: str | None = Field(None, min_length=10)

    @property
    def state(self) -> State:
        """kept, partly (shown by tests, and something is missing), or open (nothing shows it)."""
        if self.gap is None:
            return "kept"
        return "partly" if self.tests else "open"


class Account(_Strict):
    """What stands behind one version of a policy, whose text has the hash `sha256`.

    `without_promise` are the other sentences: headings, and what only tells.
    """

    version: str
    sha256: str
    promises: tuple[Promise, ...]
    without_promise: tuple[str, ...] = ()


Accounts = dict[str, Account]


def read(root: Path) -> Accounts:
    """The accounts by policy."""
    return accounts(yaml.safe_load((root / FILE).read_text("utf-8")))


def accounts(told: Mapping[str, Any]) -> Accounts:
    """From what the file says. Raises ValidationError."""
    return {name: Account.model_validate(said) for name, said in told.items()}
