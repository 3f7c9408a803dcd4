"""The Go program of `deploy/bench/floor`: built here, run as floor and as loader."""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.server import StartError

SOURCES = Path(__file__).parent / "floor"
_USUAL = Path("/usr/local/go/bin/go")
# One core each, as the services have: the ratio is of one process to one process.
ONE_CORE = {"GOMAXPROCS": "1"}


def toolchain() -> Path | None:
    """The go command of this machine."""
    found = shutil.which("go")
    return Path(found) if found else _USUAL if _USUAL.exists() else None


def build(target: Path) -> Path:
    """Builds the program; libraries come from the Go module proxy. Raises StartError."""
    go = toolchain()
    if go is None:
        raise StartError("The floor is a Go program: install go 1.26 or later and try again.")
    target.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [go, "build", "-o", target.resolve(), "."],
        cwd=SOURCES,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StartError(f"the Go program cannot be built:\n{done.stderr}")
    return target


@dataclass(frozen=True)
class Loaded:
    """What the loader saw; latencies in milliseconds, `cores` used by the loader itself."""

    answers: dict[str, int]
    seconds: float
    p50: float
    p99: float
    cores: float
    sent_ns: Sequence[int] = ()

    @property
    def rate(self) -> float:
        """Answers of 200 per second. Raises ValueError where any answer was another."""
        if set(self.answers) != {"200"}:
            raise ValueError(f"not only 200 came back: {self.answers}")
        return self.answers["200"] / self.seconds


async def closed(
    program: Path, url: str, requests: Path, connections: int, seconds: float
) -> Loaded:
    """Keeps the connections busy for some seconds."""
    return await _load(program, url, str(requests), "closed", str(connections), str(seconds))


async def opened(program: Path, url: str, requests: Path, rate: float) -> Loaded:
    """Sends each request when it is due; `sent_ns` tells when that was."""
    return await _load(program, url, str(requests), "open", str(rate))


async def run(program: Path, *words: str) -> bytes:
    """What the program prints. Raises StartError where it fails."""
    process = await asyncio.create_subprocess_exec(
        program,
        *words,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **ONE_CORE},
    )
    try:
        out, fault = await process.communicate()
    except BaseException:
        process.kill()
        raise
    if process.returncode:
        raise StartError(f"{program.name} {words[0]} failed: {fault.decode()}")
    return out


async def _load(program: Path, url: str, *words: str) -> Loaded:
    told: dict[str, Any] = json.loads(await run(program, "load", url, *words))
    return Loaded(
        answers=told["answers"],
        seconds=told["seconds"],
        p50=told["p50_ms"],
        p99=told["p99_ms"],
        cores=told["cores"],
        sent_ns=told.get("sent_ns", ()),
    )
