"""The services of a drill as processes, each with its plan of faults; more of one where asked."""

import json
import sys
from dataclasses import dataclass, field
from typing import Any

from deploy.local.files import Files
from deploy.local.process import Process
from deploy.local.server import StartError
from deploy.local.services import NAMES, Services, service_of


@dataclass(frozen=True)
class Setup:
    """How a service runs in a drill: a plan for `deploy.drill.faults`, a defect, settings."""

    faults: dict[str, Any] = field(default_factory=dict)
    broken: str = ""
    environment: dict[str, str] = field(default_factory=dict)

    def variables(self) -> dict[str, str]:
        """What its process is told."""
        plan = json.dumps(self.faults) if self.faults else ""
        return {"DRILL_FAULTS": plan, "DRILL_BROKEN": self.broken, **self.environment}


PLAIN = Setup()
SLOW = Setup({"slow": 0.12, "fail": 0.05})
"""The usual load: with fast handlers that never fail, a lossy policy goes unseen.

One try in twenty: of the tens of thousands in an hour, hardly one fails five times in a row, which
parks its record.
"""


class Fleet(Services):
    """Starts services through the drill's launcher."""

    def __init__(self, files: Files, kafka_url: str, mongo_url: str, telnyx_key: str) -> None:
        super().__init__(files, kafka_url, mongo_url, telnyx_key)
        self.journal = files.state / "journal.jsonl"
        self.setups: dict[str, Setup] = {}
        self._running: dict[str, Setup] = {}
        self._ended = False

    def launch(self, name: str) -> None:
        """Starts one without waiting. Raises StartError once the drill is over."""
        if self._ended:
            raise StartError("the drill is over")
        self._find_place(name)
        setup = self.setups.get(name, PLAIN)
        self.processes[name] = Process.launch(
            [sys.executable, "-m", "deploy.drill.launch", service_of(name)],
            self._files.log(name),
            {
                **self._environment(name),
                **{"SPANS_FILE": "", "DRILL_JOURNAL": str(self.journal)},
                **setup.variables(),
            },
        )
        self._running[name] = setup

    def alive(self, name: str) -> bool:
        """Whether its process runs."""
        return name in self.processes and self.processes[name].alive()

    def arrange(self, setups: dict[str, Setup]) -> None:
        """Has every service run with its setup; restarts those that do not, ends extra ones."""
        self.setups = setups
        for name in list(self.processes):
            fits = name in NAMES and self._running[name] == setups.get(name, PLAIN)
            if not fits:
                self.stop(name)
            if name not in NAMES:
                del self.processes[name]
        self.start(*(name for name in NAMES if not self.alive(name)))

    def end(self) -> None:
        """Kills every process: nothing of them is kept."""
        self._ended = True
        for process in self.processes.values():
            process.kill()
