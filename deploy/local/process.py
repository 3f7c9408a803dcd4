"""Child processes known by process id and start time, so that no stranger is ever signalled."""

import os
import random
import signal
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

# A JVM reads these before our arguments; someone's profile must not change the broker.
_FOREIGN_OPTIONS = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")
PORTS = range(20_000, 32_000)


@dataclass(frozen=True)
class Process:
    """A process by id and start time (seconds since the epoch)."""

    pid: int
    started: float

    @classmethod
    def launch(
        cls, command: Sequence[str | Path], log: Path, extra: Mapping[str, str] | None = None
    ) -> Self:
        """Run `command` in a session of its own; what it prints is appended to `log`.

        `extra` is added to our own environment.
        """
        words = [str(word) for word in command]
        own = {k: v for k, v in os.environ.items() if k not in _FOREIGN_OPTIONS}
        environment = {**own, **(extra or {})}
        append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        files = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), append, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ]
        # Not Popen: its object must outlive the child, and ours may be left running.
        pid = os.posix_spawn(words[0], words, environment, file_actions=files, setsid=True)
        return cls(pid, psutil.Process(pid).create_time())

    def alive(self) -> bool:
        """Tell whether it runs; a later process with the same id does not count."""
        return self._find() is not None

    def stop(self, grace: float = 20.0) -> None:
        """Ask it to end, and kill it when it has not ended after `grace` seconds."""
        self._signal(signal.SIGTERM, grace)
        self.kill()

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self._signal(signal.SIGKILL, 10.0)

    def _signal(self, number: signal.Signals, grace: float) -> None:
        if found := self._find():
            with suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
                found.send_signal(number)
                found.wait(grace)

    def _find(self) -> psutil.Process | None:
        try:
            found = psutil.Process(self.pid)
            # Start times are derived from the wall clock, which may be set a little.
            same = abs(found.create_time() - self.started) < 2.0
            if found.status() == psutil.STATUS_ZOMBIE:
                found.wait(0)  # a child of ours: take it off the process table
                return None
        except (psutil.NoSuchProcess, psutil.TimeoutExpired):
            return None
        return found if same else None


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    """Ask `condition` ten times a second until it holds; False when the time is up."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def is_free(port: int) -> bool:
    """Tell whether a server could listen on 127.0.0.1:`port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a free port on 127.0.0.1, from below the range of outgoing connections.

    A client that keeps dialling a stopped server on a port of that range can connect to
    itself, and then the server cannot come back.
    """
    ports = random.sample(PORTS, 200)
    return next(port for port in ports if is_free(port))
