"""What the local Kafka and the local mongod share: start, wait, explain, stop."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar, Self

from deploy.local.process import Process, free_port, is_free, wait_for

Say = Callable[[str], None]

_TROUBLE = re.compile(r'^\[[^]]+\] (ERROR|FATAL) |"s":"[EF]"')
_TAIL_LINES = 20
_LINE_LENGTH = 400
_LOG_BYTES = 16 * 1024 * 1024


class StartError(RuntimeError):
    """A server of the local stack cannot start; the message says why and what to do."""


def silent(_: str) -> None:
    """Say nothing."""


class Server(ABC):
    """One server process with its data, log and port in a state folder of its own.

    Another process that opens the same state finds the server that runs there, so that what
    one command started another can stop.
    """

    name: ClassVar[str]
    patience: ClassVar[float] = 90.0
    """Seconds that a start may take."""

    def __init__(self, state: Path, port: int | None = None, say: Say = silent) -> None:
        self.state = (state / self.name).resolve()
        self.log = self.state / f"{self.name}.log"
        self.say = say
        self.process: Process | None = None
        self._note = self.state / "server.json"
        self._log_start = 0
        self._unwanted = False
        self._required_port = port
        self.port = port
        self._recall()

    @property
    @abstractmethod
    def url(self) -> str:
        """The address that clients are given."""

    @property
    def pid(self) -> int:
        """Process id of the last start."""
        return self._launched().pid

    def alive(self) -> bool:
        """Tell whether the server's process runs."""
        return self.process is not None and self.process.alive()

    def start(self) -> Self:
        """Start and wait until it serves; try a second time when it does not come up.

        An object that started or ended the server brings it back on the same port.

        Raises:
            StartError: it runs already, its port is taken, or it failed twice (with its log).
        """
        if self.alive():
            raise StartError(f"{self.name} already runs as process {self.pid}: stop it first.")
        self._unwanted = False
        self.state.mkdir(parents=True, exist_ok=True)
        self._await_required_port()
        self.prepare()
        try:
            self._attempt()
        except StartError as error:
            if self._unwanted:
                raise
            self.say(f"{error}\nTrying once more.")
            self._attempt()
        self.say(f"{self.name} serves on 127.0.0.1:{self.port} (process {self.pid})")
        return self

    def stop(self, grace: float = 20.0) -> None:
        """Ask the server to end; kill it after `grace` seconds. Data stays.

        Called from another thread while it starts, it also ends the start.
        """
        self._unwanted = True
        if self.process and self.alive():
            self._required_port = self.port
            self.process.stop(grace)

    def kill(self) -> None:
        """End the server as a crash would. Data stays."""
        if self.process and self.alive():
            self._required_port = self.port
            self.process.kill()

    @abstractmethod
    def prepare(self) -> None:
        """Fetch and check what the server needs; done once, not tried again."""

    @abstractmethod
    def command(self, port: int) -> Sequence[str | Path]:
        """Make the data folder ready and return the command line."""

    @abstractmethod
    def ready(self) -> bool:
        """Tell whether the started server serves."""

    def output(self) -> str:
        """What the server wrote since its last start."""
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def failure(self, what: str) -> StartError:
        """Say what went wrong, with the telling part of the log."""
        lines = self.output().splitlines()
        first = next((i for i, line in enumerate(lines) if _TROUBLE.search(line)), None)
        told = lines[-_TAIL_LINES:] if first is None else lines[first : first + _TAIL_LINES]
        told = [line[:_LINE_LENGTH] for line in told]
        return StartError("\n".join([f"{self.name} {what}. From {self.log}:", *told]))

    def _attempt(self) -> None:
        self.port = self._choose_port()
        self._open_log()
        self.process = Process.launch(self.command(self.port), self.log)
        try:
            self._remember()
            self._wait()
        except BaseException:
            self.process.kill()
            raise
        self._required_port = self.port

    def _wait(self) -> None:
        up = wait_for(lambda: self._unwanted or not self.alive() or self.ready(), self.patience)
        if self._unwanted:
            raise StartError(f"{self.name} was stopped while it was starting.")
        if not self.alive():
            raise self.failure("ended while it was starting")
        if not up:
            raise self.failure(f"does not serve after {self.patience:.0f} s")

    def _await_required_port(self) -> None:
        # After a stop its last connections may take a moment to close.
        port = self._required_port
        if port is not None and not wait_for(lambda: is_free(port), 5.0):
            raise StartError(f"{self.name}: port {port} is taken by another program.")

    def _choose_port(self) -> int:
        if self._required_port is not None:
            return self._required_port
        return self.port if self.port and is_free(self.port) else free_port()

    def _open_log(self) -> None:
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        self.log.touch(0o600)
        self._log_start = self.log.stat().st_size

    def _launched(self) -> Process:
        if self.process is None:
            raise StartError(f"{self.name} was never started in {self.state}.")
        return self.process

    def _remember(self) -> None:
        process = self._launched()
        note = {"pid": process.pid, "started": process.started, "port": self.port}
        self._note.write_text(json.dumps(note))

    def _recall(self) -> None:
        if self._note.exists():
            note = json.loads(self._note.read_text())
            self.process = Process(note["pid"], note["started"])
            self.port = self.port or note["port"]
