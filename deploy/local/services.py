"""The services as plain processes: what each is told, and when it is ready."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx

from deploy.local.files import Files
from deploy.local.process import Process, free_port, wait_for
from deploy.local.server import StartError

NAMES = ("ingest", "matcher", "insights", "messaging", "consent", "gateway")
READY_SECONDS = 60.0
PROXIED = ("matcher", "insights", "messaging", "consent")


@dataclass(frozen=True)
class Address:
    """Where a service listens on 127.0.0.1."""

    port: int
    admin_port: int

    @property
    def url(self) -> str:
        """Its HTTP side."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def admin(self) -> str:
        """Health and metrics."""
        return f"http://127.0.0.1:{self.admin_port}"


class Services:
    """Starts and stops them; addresses stay the same over a restart. `matcher#2` is a second."""

    def __init__(self, files: Files, kafka_url: str, mongo_url: str, telnyx_key: str) -> None:
        self._files = files
        self._shared = {
            "KAFKA_URL": kafka_url,
            "MONGO_URL": mongo_url,
            "KEYS_FILE": str(files.keys),
            "JWKS_FILE": str(files.jwks),
            "CLOCK_FILE": str(files.clock),
            "ENVIRONMENT": "development",
        }
        self._telnyx_key = telnyx_key
        self.simulator_port = files.port("simulator")
        self.addresses = {name: self._address(name) for name in NAMES}
        self.processes: dict[str, Process] = {}

    @property
    def simulator_url(self) -> str:
        """Where the provider is, which messages are sent to."""
        return f"http://127.0.0.1:{self.simulator_port}"

    @property
    def webhook_url(self) -> str:
        """Where the provider reports."""
        return f"{self.addresses['ingest'].url}/webhooks/telnyx"

    def start(self, *names: str) -> None:
        """Starts these services and waits until they are ready. Raises StartError."""
        for name in names:
            self.launch(name)
        for name in names:
            self.wait(name)

    def launch(self, name: str) -> None:
        """Starts one without waiting."""
        self._find_place(name)
        self.processes[name] = Process.launch(
            [sys.executable, "-m", f"services.{service_of(name)}"],
            self._files.log(name),
            self._environment(name),
        )

    def wait(self, name: str) -> None:
        """Waits until it is ready. Raises StartError."""
        process = self.processes[name]
        settled = wait_for(lambda: self.ready(name) or not process.alive(), READY_SECONDS)
        if not settled or not process.alive():
            raise StartError(f"{name} did not become ready:\n{tail(self._files.log(name))}")

    def stop(self, *names: str) -> None:
        """Asks these services to end, and waits for it."""
        for name in names:
            if process := self.processes.get(name):
                process.stop()

    def ready(self, name: str) -> bool:
        """Whether the service says that it can answer requests."""
        try:
            answer = httpx.get(f"{self.addresses[name].admin}/readyz", timeout=2.0)
        except httpx.HTTPError:
            return False
        return answer.status_code == 200

    def _find_place(self, name: str) -> None:
        if name not in self.addresses:
            self.addresses[name] = Address(free_port(), free_port())

    def _address(self, name: str) -> Address:
        """Where it listened the last time, while nobody else does: links stay good."""
        return Address(*(self._files.port(f"{name}-{side}") for side in ("http", "admin")))

    def _environment(self, name: str) -> dict[str, str]:
        service, address = service_of(name), self.addresses[name]
        prefix = service.upper()
        own = {
            f"{prefix}_PORT": str(address.port),
            f"{prefix}_ADMIN_PORT": str(address.admin_port),
            "SPANS_FILE": str(self._files.spans(name)),
        }
        return self._shared | own | self._special(service)

    def _special(self, name: str) -> dict[str, str]:
        if name == "ingest":
            return {
                "INGEST_TELNYX_KEYS": json.dumps([{"key": self._telnyx_key}]),
                "INGEST_SPOOL": str(self._files.spool()),
            }
        if name == "messaging":
            return {
                "MESSAGING_TELNYX_URL": self.simulator_url,
                "MESSAGING_TELNYX_KEY_FILE": str(self._files.telnyx_api_key),
                "MESSAGING_WEBHOOK_URL": self.webhook_url,
            }
        if name == "consent":
            return {
                "CONSENT_AUDIT_KEY_FILE": str(self._files.audit_keys),
                "CONSENT_AUDIT_ORIGIN": "audit.localhost",
            }
        if name == "gateway":
            behind = {name: self.addresses[name].url for name in PROXIED}
            return {
                "GATEWAY_PUBLIC_URL": self.addresses["gateway"].url,
                "GATEWAY_SERVICES": json.dumps(behind),
                "GATEWAY_SIGNING_KEY_FILE": str(self._files.gateway_key),
                "GATEWAY_WEBHOOKS_LOOPBACK": "true",
            }
        return {}


def service_of(name: str) -> str:
    """`matcher` of `matcher#2`."""
    return name.partition("#")[0]


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
