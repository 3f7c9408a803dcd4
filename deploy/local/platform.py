"""The whole platform on one machine: servers, topics, services, the simulator."""

import asyncio
from pathlib import Path
from typing import Any

import psutil

from deploy.local import provider
from deploy.local.files import Files
from deploy.local.process import Process
from deploy.local.server import Say, silent
from deploy.local.services import NAMES, Services
from deploy.local.stack import Servers, servers
from libs.common.bus import topics


class Platform:
    """Starts in order and stops in the opposite order; all state is below one folder."""

    def __init__(self, state: Path, say: Say = silent) -> None:
        self.files = Files(state)
        self._say = say
        self._simulator: Process | None = None
        self.tenants: dict[str, Any] = {}
        self.servers: Servers
        self.services: Services

    @property
    def simulator_url(self) -> str:
        """Where calls are made to ring, and messages are sent to."""
        return self.services.simulator_url

    @property
    def console_url(self) -> str:
        """Where agents sign in."""
        return self.services.addresses["gateway"].url

    def start(self) -> None:
        """Starts everything. Raises StartError, with what was started stopped again."""
        telnyx_key = self.files.prepare()
        self.servers = servers(self.files.state, self._say)
        try:
            made = asyncio.run(topics.apply(self.servers.kafka_url))
            self._say(f"topics: {len(made)} made, {len(topics.CATALOGUE) - len(made)} there")
            self.services = Services(
                self.files, self.servers.kafka_url, self.servers.mongo_url, telnyx_key
            )
            self.services.start(*NAMES)
            self._say(f"services: {', '.join(NAMES)}")
            self._simulator = provider.start(self.files, self.services)
            self.write()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stops everything that was started."""
        if self._simulator:
            self._simulator.stop()
        if hasattr(self, "services"):
            self.services.stop(*NAMES)
        self.servers.stop()
        self.files.stack.unlink(missing_ok=True)

    def write(self) -> None:
        """Writes `stack.json`."""
        running = self.services.processes
        addresses = self.services.addresses
        me = psutil.Process()
        self.files.write_private(
            self.files.stack,
            {
                "runner": {"pid": me.pid, "started": me.create_time()},
                "kafka_url": self.servers.kafka_url,
                "mongo_url": self.servers.mongo_url,
                "public_url": self.console_url,
                "services": {
                    name: {"url": a.url, "admin": a.admin, "pid": running[name].pid}
                    for name, a in addresses.items()
                },
                "simulator": {
                    "url": self.simulator_url,
                    "pid": self._simulator.pid if self._simulator else None,
                    "key_file": str(self.files.telnyx_key),
                },
                "processes": self._processes(),
                "files": {
                    "keys": str(self.files.keys),
                    "jwks": str(self.files.jwks),
                    "gateway_key": str(self.files.gateway_key),
                    "operator_key": str(self.files.operator_key),
                    "audit_key": str(self.files.audit_keys),
                    "clock": str(self.files.clock),
                },
                "tenants": self.tenants,
            },
        )

    def _processes(self) -> dict[str, dict[str, float]]:
        named = dict(self.services.processes)
        if self._simulator:
            named["simulator"] = self._simulator
        named |= {s.name: s.process for s in self.servers.started if s.process}
        return {name: {"pid": p.pid, "started": p.started} for name, p in named.items()}
