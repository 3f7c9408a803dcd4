"""What is said of a trail in the end, to people and to machines."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from .findings import OF_SOURCES, Code, Finding
from .trail import Trail

SHOWN = 10


@dataclass(frozen=True)
class Verdict:
    """The findings, the one that decides first, and what they do not tell."""

    trail: Trail
    findings: Sequence[Finding]
    warnings: Sequence[str]

    @property
    def code(self) -> Code:
        """The exit code."""
        return self.findings[0].code if self.findings else Code.VALID

    @property
    def tampered(self) -> bool:
        """Whether what is here is not what was sealed; what a source did does not say so."""
        return self.code != Code.VALID and self.code not in OF_SOURCES

    def as_text(self) -> str:
        """A line for each thing."""
        found = [f"{finding.code.words}: {finding.text}" for finding in self.findings]
        head, *others = found or [f"valid: {self._proved()}"]
        also = [f"also, {other}" for other in others]
        return "\n".join([head, *also, *(f"warning: {warning}" for warning in self.warnings)])

    def as_json(self) -> str:
        """One object."""
        newest = self.trail.newest
        first = self.findings[0].as_json() if self.findings else valid(self._proved())
        return json.dumps(
            {
                **first,
                "tenant": self.trail.tenant,
                "entries": self.trail.size,
                "newest_checkpoint": newest.size if newest else None,
                "newest_root": newest.root.hex() if newest else None,
                "findings": [finding.as_json() for finding in self.findings],
                "warnings": list(self.warnings),
            }
        )

    def _proved(self) -> str:
        newest = self.trail.newest
        signed = f"the newest checkpoint covers {newest.size}" if newest else "none is signed"
        return f"{self.trail.size} entries of {self.trail.tenant} are as they were sealed; {signed}"


def unproven(trail: Trail, *, own_keys: bool = False) -> list[str]:
    """What this check cannot tell, in sentences."""
    said, newest = [], trail.newest
    if newest is None:
        said.append("no checkpoint: whoever wrote these entries could as well have written others")
    elif newest.size < trail.size:
        tail = f"entries {newest.size + 1} to {trail.size}"
        said.append(f"{tail} came after the newest checkpoint: this tail is unproven")
    if trail.witnessed is None:
        said.append(
            "no checkpoint kept elsewhere was given (--witness): a tail that was cut off with its"
            f" checkpoints would not show, so that it ends at {trail.size} is unproven"
        )
    if late := trail.chain.counting.late:
        shown = ", ".join(map(str, late[:SHOWN])) + (", …" if len(late) > SHOWN else "")
        said.append(f"sealed behind later notes of their source, and no longer missing: {shown}")
    if own_keys:
        said.append("the keys came with the bundle: compare them with those you were given before")
    return said


def valid(proved: str) -> dict[str, object]:
    """What is said to machines where nothing is wrong."""
    return {"code": int(Code.VALID), "result": Code.VALID.words, "message": proved}
