"""`python -m deploy.operations.rules`: checks alerts and dashboard, and runs the rules' own tests.

Exit status: 0 all is well; 1 something is wrong; 2 all that could be checked is well, but promtool
could be neither found nor built, so the tests of the rules were not run.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from deploy.operations import alerts, dashboard
from deploy.operations.metrics import exported
from deploy.operations.promtool import PROMTOOL
from deploy.programs import Missing
from deploy.schemas.wiring import ROOT

TESTS = ROOT / "tests" / "deploy" / "alerts"


def main() -> int:
    """Prints what is wrong, and returns the exit status."""
    try:
        wrong = [*faults()] or [*tested()]
    except Missing as missing:
        print(f"promtool: {missing}", file=sys.stderr)
        return 2
    print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
    return int(bool(wrong))


def tested() -> Iterator[str]:
    """What promtool finds in the rules, and each test of theirs that fails. Raises Missing."""
    for command in commands(PROMTOOL.made()):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            yield (done.stdout + done.stderr).strip()


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
