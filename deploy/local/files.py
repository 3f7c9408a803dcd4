"""The files of a local platform: keys, logs, spans, the clock, and what they are called."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.process import free_port, is_free
from deploy.simulator import apikey
from deploy.simulator.signing import Signer as TelnyxSigner
from libs.common import auditkeys, principal
from libs.common.keys import create_platform_keys


@dataclass(frozen=True)
class Files:
    """Everything below one state folder."""

    state: Path

    @property
    def keys(self) -> Path:
        """The key file of platform and tenants."""
        return self.state / "keys.json"

    @property
    def jwks(self) -> Path:
        """Public keys that sign principals."""
        return self.state / "jwks.json"

    @property
    def gateway_key(self) -> Path:
        """What the gateway signs principals with."""
        return self.state / "gateway.jwk"

    @property
    def operator_key(self) -> Path:
        """What operators sign their principals with."""
        return self.state / "operator.jwk"

    @property
    def audit_keys(self) -> Path:
        """What consent signs checkpoints with."""
        return self.state / "audit-keys.json"

    @property
    def telnyx_key(self) -> Path:
        """The simulator's key pair: a test key."""
        return self.state / "telnyx-test-key.json"

    @property
    def telnyx_api_key(self) -> Path:
        """What messages are sent with; the simulator takes any."""
        return self.state / "telnyx-api-key"

    @property
    def clock(self) -> Path:
        """The offset of the platform's time, in seconds."""
        return self.state / "clock"

    @property
    def stack(self) -> Path:
        """Every address, process id, tenant and login."""
        return self.state / "stack.json"

    def log(self, name: str) -> Path:
        """What a process prints."""
        return self._made("logs") / f"{name}.log"

    def spans(self, name: str) -> Path:
        """The spans of a service, one JSON line each."""
        return self._made("spans") / f"{name}.jsonl"

    def spool(self) -> Path:
        """Where ingest keeps events while Kafka is away."""
        return self._made("spool")

    def port(self, name: str) -> int:
        """The port of this name: the one of the last start if it is free, else a new one."""
        folder = self._made("ports")
        ports = {note.name: int(note.read_text()) for note in folder.iterdir()}
        port = ports.pop(name, 0)
        others = set(ports.values())  # nobody may listen there yet
        while port == 0 or port in others or not is_free(port):
            port = free_port()
        (folder / name).write_text(str(port))
        return port

    def prepare(self) -> str:
        """Makes all keys that are missing; returns the simulator's public key."""
        self.state.mkdir(parents=True, exist_ok=True)
        create_platform_keys(self.keys)
        if not self.gateway_key.exists():
            principal.generate("gateway", self.gateway_key, self.jwks)
        if not self.operator_key.exists():
            principal.generate("operator", self.operator_key, self.jwks)
        auditkeys.create(self.audit_keys)
        apikey.prepare(self.telnyx_api_key)
        return TelnyxSigner.of(self.telnyx_key).public

    def write_private(self, path: Path, content: dict[str, Any]) -> None:
        """Writes JSON that holds logins, so that nobody else may read it."""
        fresh = path.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(content, out, indent=1)
        fresh.replace(path)

    def read_stack(self) -> dict[str, Any] | None:
        """What `stack.json` says, or None."""
        if not self.stack.exists():
            return None
        content: dict[str, Any] = json.loads(self.stack.read_text())
        return content

    def _made(self, name: str) -> Path:
        folder = self.state / name
        folder.mkdir(exist_ok=True)
        return folder
