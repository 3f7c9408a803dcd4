"""`python -m deploy.local run | demo | stop [SERVICE] | status`."""

import argparse
import asyncio
import json
import shutil
import signal
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NoReturn

import httpx

from deploy.local.files import Files
from deploy.local.platform import Platform
from deploy.local.process import Process
from deploy.local.rights import LIMIT as RIGHTS_LIMIT
from deploy.local.seed import seed
from deploy.local.server import StartError
from deploy.local.services import NAMES
from deploy.local.show import LIMIT, Show
from deploy.local.unseen import Unseen

STATE = Path(".local")
_BEGAN = monotonic()


def main() -> int:
    """Returns the exit status: 0 done, 1 failed, 2 wrong usage."""
    options = _options()
    signal.signal(signal.SIGTERM, _interrupt)
    # A script's background job begins with Ctrl-C's signal ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return _COMMANDS[options.command](options.service)
    except (StartError, Unseen, httpx.HTTPError) as error:
        say(f"FAILED: {str(error) or type(error).__name__}")
        return 1
    except KeyboardInterrupt:
        return 130


def run(_: str | None) -> int:
    """Starts everything, shows the main job once, and stays up whatever could not be shown."""
    if stack := _running():
        say(f"already up: {stack['public_url']} (make stop ends it)")
        _say_who_is_down(stack)
        return 0
    platform = _started(STATE)
    try:
        shown = Show(_stack(platform.files), say, worn=True, missed=_missed)
        asyncio.run(shown.run())
        _greet(_stack(platform.files))
        with suppress(KeyboardInterrupt):
            _watch(platform)
    finally:
        say("stopping")
        platform.stop()
    return 0


def demo(without: str | None) -> int:
    """Shows the main job on what runs, or on a platform of its own that it stops again.

    `without` stops a service first: the demo must then fail, or it would prove nothing.
    """
    if without and without not in NAMES:
        say(f"no such service: {without}; there are {', '.join(NAMES)}")
        return 2
    if stack := _running():
        if without:
            say(f"a platform runs already: stop {without} there (make stop SERVICE={without})")
            return 2
        say(f"the platform at {stack['public_url']} is used")
        _say_who_is_down(stack)
        asyncio.run(Show(stack, say, worn=True).run())
    else:
        shutil.rmtree(STATE / "demo", ignore_errors=True)
        platform = _started(STATE / "demo")
        try:
            if without:
                platform.services.stop(without)
                say(f"stopped {without}")
            asyncio.run(Show(_stack(platform.files), say).run())
        finally:
            platform.stop()
    say(f"the demo is complete: each call, match, card and text was seen within {LIMIT:.0f} s,")
    say(f"  the package and the erasure each within {RIGHTS_LIMIT:.0f} s")
    return 0


def stop(service: str | None) -> int:
    """Stops one process by its name, or everything."""
    stack = Files(STATE).read_stack()
    if stack is None:
        say("nothing runs here")
        return 0
    if service and service not in stack["processes"]:
        say(f"no such process: {service}; there are {', '.join(stack['processes'])}")
        return 2
    notes = {"runner": stack["runner"], **stack["processes"]}
    for name in [service] if service else notes:
        process = Process(**notes[name])
        if process.alive():
            process.stop(grace=60.0)
            say(f"stopped {name}")
    if not service:
        Files(STATE).stack.unlink(missing_ok=True)
    return 0


def status(_: str | None) -> int:
    """Says which processes live; 1 where one does not."""
    stack = Files(STATE).read_stack()
    if stack is None:
        say("nothing runs here")
        return 1
    lives = {name: Process(**note).alive() for name, note in stack["processes"].items()}
    for name, alive in lives.items():
        say(f"{name}: {'runs' if alive else 'does not run'}")
    return 0 if all(lives.values()) else 1


def say(text: str) -> None:
    """One line, with the seconds since the start."""
    print(f"{monotonic() - _BEGAN:6.1f} s  {text}", flush=True)


def _missed(error: Exception) -> None:
    say(f"NOT SHOWN on this state: {str(error) or type(error).__name__}; the platform is up")


def _started(state: Path) -> Platform:
    platform = Platform(state.resolve(), say)
    platform.start()
    logins = state / "tenants.json"
    try:
        if logins.exists():
            platform.tenants = json.loads(logins.read_text())
        else:
            platform.tenants = asyncio.run(seed(platform.files, platform.console_url, say))
            platform.files.write_private(logins, platform.tenants)
        platform.write()
    except BaseException:
        platform.stop()
        raise
    return platform


def _greet(stack: dict[str, Any]) -> None:
    say(f"the console: {stack['public_url']}")
    for tenant in stack["tenants"].values():
        for role, login in tenant["logins"].items():
            say(f"  {tenant['name']}, {role}: {login['email']}  {login['password']}")
    say(f"make a call ring: POST {stack['simulator']['url']}/calls; addresses: .local/stack.json")
    say("it stays up; Ctrl-C or `make stop` ends it")


def _watch(platform: Platform) -> None:
    """Until interrupted; says it once when a process dies."""
    dead: set[str] = set()
    while True:
        sleep(timedelta(seconds=1).total_seconds())
        for name, process in platform.services.processes.items():
            if name not in dead and not process.alive():
                dead.add(name)
                say(f"{name} does not run any more; its log: {platform.files.log(name)}")


def _running() -> dict[str, Any] | None:
    """What `stack.json` says, if the platform it tells of still lives."""
    stack = Files(STATE).read_stack()
    if stack and any(Process(**note).alive() for note in stack["processes"].values()):
        return stack
    return None


def _say_who_is_down(stack: dict[str, Any]) -> None:
    for name, note in stack["processes"].items():
        if not Process(**note).alive():
            say(f"{name} does not run")


def _stack(files: Files) -> dict[str, Any]:
    stack = files.read_stack()
    if stack is None:
        raise StartError("the platform has been stopped")
    return stack


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("deploy.local", description="The platform on this machine.")
    parser.add_argument("command", choices=_COMMANDS)
    parser.add_argument("service", nargs="?", help="stop: only this process; demo: without it")
    return parser.parse_args()


_COMMANDS = {"run": run, "demo": demo, "stop": stop, "status": status}


if __name__ == "__main__":
    sys.exit(main())
