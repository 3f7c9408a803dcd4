"""promtool, where it is or can be made: no language registry has it but as Go's source."""

import shutil
import subprocess
from pathlib import Path

from deploy.schemas.wiring import ROOT

BUILT = ROOT / ".local" / "promtool" / "promtool"
SOURCE = Path(__file__).parent / "source"
_PACKAGE = "github.com/prometheus/prometheus/cmd/promtool"
# Without it every kind of service discovery is compiled, and one of their modules cannot be had.
_WITHOUT = "remove_all_sd"


def found() -> Path | None:
    """The one that was built here, or that the machine has."""
    if BUILT.exists():
        return BUILT
    there = shutil.which("promtool")
    return Path(there) if there else None


def made() -> Path | None:
    """The one that is there, else a new one: some minutes, and 2 GB for Go. None without Go."""
    if there := found():
        return there
    if shutil.which("go") is None:
        return None
    folder = BUILT.parent
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("go.mod", "go.sum"):
        shutil.copy(SOURCE / name, folder)  # -mod=mod may write what it completes
    command = ["go", "build", "-mod=mod", "-tags", _WITHOUT, "-o", str(BUILT), _PACKAGE]
    subprocess.run(command, cwd=folder, check=True)
    return BUILT
