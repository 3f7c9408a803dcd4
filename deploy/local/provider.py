"""The simulator as a process: the provider of a local platform."""

import sys

import httpx

from deploy.local.files import Files
from deploy.local.process import Process, wait_for
from deploy.local.server import StartError
from deploy.local.services import Services, tail

READY_SECONDS = 20.0


def start(files: Files, services: Services) -> Process:
    """Starts it where the services expect it, and waits until it answers. Raises StartError."""
    log = files.log("simulator")
    command = [sys.executable, "-m", "deploy.simulator", "--port", str(services.simulator_port)]
    command += ["--target", services.webhook_url, "--key-file", str(files.telnyx_key)]
    command += ["--clock-file", str(files.clock)]
    process = Process.launch(command, log)
    if not wait_for(lambda: _answers(services.simulator_url), READY_SECONDS):
        process.kill()
        raise StartError(f"the simulator did not start:\n{tail(log)}")
    return process


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/livez", timeout=2.0).is_success
    except httpx.HTTPError:
        return False
