"""What the doctor says: a line per check, and what they come to."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

State = Literal["ok", "warn", "fail"]

WORTH_A_LOOK, FAILS = 4, 1
_RANK: dict[State, int] = {"ok": 0, "warn": 1, "fail": 2}
_CODES = (0, WORTH_A_LOOK, FAILS)


@dataclass(frozen=True)
class Finding:
    """`said` is what is so, and `do` what to do about it, where it is not well."""

    check: str
    state: State
    said: str
    do: str = ""

    def document(self) -> dict[str, str]:
        """For programs."""
        return asdict(self)


def code(findings: Sequence[Finding]) -> int:
    """The exit code: of the worst of them."""
    return _CODES[max((_RANK[one.state] for one in findings), default=0)]


def ok(check: str, said: str) -> Finding:
    """All is well."""
    return Finding(check, "ok", said)


def warn(check: str, said: str, do: str) -> Finding:
    """Worth a look."""
    return Finding(check, "warn", said, do)


def fail(check: str, said: str, do: str) -> Finding:
    """Something does not work, or will soon not."""
    return Finding(check, "fail", said, do)


def unset(check: str, variable: str) -> Finding:
    """Nobody has said where it is."""
    return warn(check, f"not looked at: {variable} is not set", f"Set {variable}.")
