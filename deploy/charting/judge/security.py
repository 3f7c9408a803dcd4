"""What checkov finds in the rendered examples, against what we do on purpose."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from deploy.programs import Missing
from deploy.schemas.wiring import ROOT

CHECKOV = "checkov==3.3.30"
UV = ROOT / ".local" / "tools" / "bin" / "uv"

Finding = tuple[str, str]

ON_PURPOSE: dict[str, tuple[str, str]] = {
    "CKV_K8S_11": (".*", "a CPU limit stalls the event loop"),
    "CKV_K8S_43": (".*", "the digest is the operator's: <service>.image.digest"),
    "CKV_K8S_15": (".*", "tags are versions, and `latest` is refused"),
    "CKV_K8S_35": (
        r".*-(ingest|matcher|insights|messaging|consent|gateway)$",
        "MONGO_URL is read from the environment",
    ),
    "CKV_K8S_8": (r"Pod\..*-test$", "it runs once and ends"),
    "CKV_K8S_9": (r"Pod\..*-test$", "it runs once and ends"),
}
"""Check to the resources that may fail it, and why."""


def findings(folder: Path) -> list[Finding]:
    """Check and resource of everything that failed. Raises Missing."""
    told = ["--framework", "kubernetes", "--compact", "--quiet", "--skip-download", "-o", "json"]
    tool: list[str | Path] = [
        UV,
        "tool",
        "run",
        "--quiet",
        "--python",
        sys.executable,
        "--from",
        CHECKOV,
        "checkov",
    ]
    done = subprocess.run(
        [*tool, "-d", folder, *told], capture_output=True, text=True, timeout=300, check=False
    )
    try:
        report = json.loads(done.stdout)
        return [
            (found["check_id"], found["resource"]) for found in report["results"]["failed_checks"]
        ]
    except (ValueError, KeyError, TypeError):
        raise Missing(f"{CHECKOV} gave no report: {done.stderr.strip()[-500:]}") from None


def faults(found: Iterable[Finding]) -> Iterator[str]:
    """A sentence for each finding that is not on purpose, and each purpose that nothing needs."""
    needed = set()
    for check, resource in found:
        pattern, _ = ON_PURPOSE.get(check, ("(?!)", ""))
        if re.fullmatch(pattern, resource):
            needed.add(check)
        else:
            yield f"{check} fails for {resource}"
    for check in sorted(ON_PURPOSE.keys() - needed):
        yield f"{check} is passed by all: take it off the list"
