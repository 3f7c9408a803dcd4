"""`python -m deploy.drill.launch SERVICE`: a service with points, probes and, if asked, a defect.

The environment says how: DRILL_FAULTS (a plan as JSON), DRILL_JOURNAL (a file), DRILL_BROKEN (the
name of a defect), DRILL_STUCK (seconds until a consumer without progress counts as stuck).
"""

import importlib
import os
import sys
from pathlib import Path

from deploy.drill import broken, faults, points, probe
from libs.common.bus import consumer
from libs.common.service import run


def main(name: str) -> None:
    """Runs the service until it is stopped."""
    settings = importlib.import_module(f"services.{name}.settings").Settings()
    faults.arm(os.environ.get("DRILL_FAULTS"), settings.environment)
    if stuck := os.environ.get("DRILL_STUCK"):
        consumer.STUCK_SECONDS = float(stuck)
    if defect := os.environ.get("DRILL_BROKEN"):
        broken.apply(defect)
    points.insert(name)
    probe.watch(name, Path(os.environ["DRILL_JOURNAL"]))
    run(probe.counted(importlib.import_module(f"services.{name}.app").build(settings)))


if __name__ == "__main__":
    main(sys.argv[1])
