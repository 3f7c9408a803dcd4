"""Programs that no language registry has: out of Debian's package, or built from Go's source.

They are kept under `.local/`; no root is needed.
"""

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from deploy.schemas.wiring import ROOT

LOCAL = ROOT / ".local"
NO_GO = "Go is not on the PATH: install 1.26.7 or later from https://go.dev/dl/, then ask again"
_DOWNLOAD_S = 120


class Missing(Exception):
    """What a judge needs cannot be had; the sentence says what, and what to do."""


@dataclass(frozen=True)
class Program:
    """`source` has the go.mod and go.sum that pin it; `tags` leave out what is not needed.

    `debian` is the package that has it too, in a version that does as well.
    """

    name: str
    package: str
    source: Path
    tags: str = ""
    debian: str = ""

    @property
    def place(self) -> Path:
        """Where it is kept."""
        return LOCAL / self.name / self.name

    def found(self) -> Path | None:
        """The one that is kept, or that the machine has."""
        if self.place.exists():
            return self.place
        there = shutil.which(self.name)
        return Path(there) if there else None

    def made(self) -> Path:
        """The one that is there, else a new one. Raises Missing."""
        if there := self.found():
            return there
        self.place.parent.mkdir(parents=True, exist_ok=True)
        return self._unpacked() or self._built()

    def _unpacked(self) -> Path | None:
        """Debian's, where apt is and finds it: seconds, and apt vouches for it."""
        if not (self.debian and shutil.which("apt-get") and shutil.which("dpkg-deb")):
            return None
        with tempfile.TemporaryDirectory(dir=self.place.parent) as part:
            if not _ran(["apt-get", "download", self.debian], Path(part)):
                return None
            packages = list(Path(part).glob("*.deb"))
            if not packages or not _ran(["dpkg-deb", "-x", packages[0].name, "."], Path(part)):
                return None
            program = Path(part, "usr", "bin", self.name)
            return program.replace(self.place) if program.exists() else None

    def _built(self) -> Path:
        needs_go()
        folder = self.place.parent
        for name in ("go.mod", "go.sum"):
            shutil.copy(self.source / name, folder)  # -mod=mod may write what it completes
        print(f"{self.name}: built from its source, once; this takes minutes", file=sys.stderr)
        part = self.place.with_suffix(".part")
        command = ["go", "build", "-mod=mod", f"-tags={self.tags}", f"-o={part}", self.package]
        if subprocess.run(command, cwd=folder, check=False).returncode:
            raise Missing(f"{self.name} cannot be built: what Go says is above")
        return part.replace(self.place)


def needs_go() -> None:
    """Raises Missing without it."""
    if shutil.which("go") is None:
        raise Missing(NO_GO)


def _ran(command: list[str], folder: Path) -> bool:
    """Whether it ended well; what it says is nobody's, as there is another way."""
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, timeout=_DOWNLOAD_S, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
