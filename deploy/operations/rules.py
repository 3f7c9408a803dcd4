"""`python -m deploy.operations.rules`: checks alerts and dashboard, and runs the rules' own tests.

Exit status: 0 all is well; 1 something is wrong; 2 all that could be checked is well, but promtool
could be neither found nor built, so the tests of the rules were not run.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from deploy.operations import alerts, dashboard, promtool
from deploy.operations.metrics import exported
from deploy.schemas.wiring import ROOT

TESTS = ROOT / "tests" / "deploy" / "alerts"
_NO_TOOL = "promtool: neither on the PATH nor to be built, which needs Go 1.26.7"


def main() -> int:
    """Prints what is wrong, and returns the exit status."""
    if wrong := [*faults()]:
        print(*wrong, sep="\n", file=sys.stderr)
        return 1
    try:
        tool = promtool.made()
    except subprocess.CalledProcessError:
        tool = None
    if tool is None:
        print(_NO_TOOL, file=sys.stderr)
        return 2
    return int(any(subprocess.run(command).returncode for command in commands(tool)))


def faults() -> Iterator[str]:
    """What is wrong that can be told without promtool."""
    known = exported()
    yield from alerts.faults(known)
    yield from dashboard.faults(known)
    cases = alerts.headings()
    for alert in alerts.read():
        if alert.case not in cases:
            yield f"{alert.name}: its runbook_url leads to no case of the runbook"


def commands(tool: Path) -> Iterator[list[str]]:
    """What promtool is asked."""
    yield [str(tool), "check", "rules", str(alerts.FILE)]
    yield [str(tool), "test", "rules", *map(str, sorted(TESTS.glob("*.yaml")))]


if __name__ == "__main__":
    sys.exit(main())
