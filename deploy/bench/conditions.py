"""What the machine is and how busy it was: without it a figure tells nothing."""

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

from deploy.local.jars import KAFKA

_PACKAGES = ("aiokafka", "faststream", "motor", "pymongo", "pydantic", "phonenumbers")


def conditions(go: Path | None) -> list[str]:
    """One short text per condition; the load average is that of the moment."""
    told = [
        f"{os.cpu_count()} cores ({_model()})",
        f"load {', '.join(f'{load:.1f}' for load in os.getloadavg())} of the machine before it",
        f"Python {platform.python_version()}",
        f"Kafka {KAFKA.rpartition(':')[2]}, one broker",
        "mongod 6.0.5, a replica set of one",
        *(f"{name} {version(name)}" for name in _PACKAGES),
    ]
    return [*told, _go_version(go)] if go else told


def _model() -> str:
    found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return found[1].strip() if found else platform.machine()


def _go_version(go: Path) -> str:
    said = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=True)
    return said.stdout.strip().replace("go", "Go ")
