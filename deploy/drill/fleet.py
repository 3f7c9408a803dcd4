"""The services of a drill as processes, each with its plan of faults; more of one where asked."""

import json
import sys
from dataclasses import dataclass, field
from typing import Any

from deploy.local.files import Files
from deploy.local.process import Process, free_port
from deploy.local.server import StartError
from deploy.local.services import NAMES, Address, Services


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
    """Starts services through the drill's launcher. `matcher#2` is a second matcher."""

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
        if name not in self.addresses:
            self.addresses[name] = Address(free_port(), free_port())
        service, setup = service_of(name), self.setups.get(name, PLAIN)
        self.processes[name] = Process.launch(
            [sys.executable, "-m", "deploy.drill.launch", service],
            self._files.log(name),
            {**self._variables(name), "DRILL_JOURNAL": str(self.journal), **setup.variables()},
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

    def _variables(self, name: str) -> dict[str, str]:
        service, address = service_of(name), self.addresses[name]
        ports = {
            f"{service.upper()}_PORT": str(address.port),
            f"{service.upper()}_ADMIN_PORT": str(address.admin_port),
        }
        return self._environment(service) | ports | {"SPANS_FILE": ""}


def service_of(name: str) -> str:
    """`matcher` of `matcher#2`."""
    return name.partition("#")[0]
