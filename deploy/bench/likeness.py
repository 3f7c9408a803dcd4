"""Does the floor do what ingest does? Held together before anything is measured."""

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from deploy.bench.program import run
from deploy.bench.requests import Webhook, packed
from deploy.bench.stage import Stage
from deploy.local.process import free_port
from libs.common import clock
from libs.common.events import CallStarted, Envelope, TenantSaved, enclose, fact_of
from libs.common.keys import Keys
from services.ingest.api.reading import reading_of
from services.ingest.domain.judgement import Accepted, judge
from services.ingest.domain.routing import Routes

FLOOR_TOPIC = "floor.v1"


class NotTheSame(ValueError):
    """Floor and platform make different records of one webhook: the ratio would mean nothing."""


@dataclass(frozen=True)
class Known:
    """Whom the floor knows, and how it is told."""

    stage: Stage
    tenant: TenantSaved

    def config(self) -> Path:
        """Writes the floor's settings."""
        path = self.stage.files.state / "floor.json"
        self.stage.files.write_private(
            path,
            {
                "listen": f"127.0.0.1:{free_port()}",
                "kafka": self.stage.kafka_url,
                "topic": FLOOR_TOPIC,
                "public_key": self.stage.signer.public,
                "tenant": self.tenant.tenant,
                "numbers": [number.value for number in self.tenant.numbers],
                "lookup_key": b64encode(self.stage.lookup_key(self.tenant.tenant)).decode(),
            },
        )
        return path


async def check_same(known: Known, webhooks: Sequence[Webhook]) -> None:
    """Holds the floor to ingest's own answer. Raises NotTheSame."""
    sample = known.stage.files.state / "sample.bin"
    sample.write_bytes(packed(webhooks))
    said = await run(known.stage.program, "judge", str(known.config()), str(sample))
    keys = known.stage.keys
    for webhook, line in zip(webhooks, said.splitlines(), strict=True):
        require_same(envelope_of(webhook.body, known.tenant, keys), json.loads(line))


def envelope_of(body: bytes, tenant: TenantSaved, keys: Keys) -> Envelope:
    """What ingest makes of a body. Raises NotTheSame where it is not accepted."""
    judged = judge(body, Routes([tenant]), partial(reading_of, keys))
    if not isinstance(judged, Accepted):
        raise NotTheSame(f"ingest does not accept it: {judged}")
    return enclose(judged.fact, judged.tenant, id=judged.id, source="ingest", time=clock.now())


def require_same(ours: Envelope, said: dict[str, object]) -> None:
    """Compares key and value, apart from when they were written down. Raises NotTheSame."""
    if said.get("key") != ours.key.decode():
        raise NotTheSame(f"the floor's key is not ours: {said}")
    theirs = Envelope.from_json(msgspec.json.encode(said.get("value")))
    apart = {"time": ours.time, "data": ours.data}
    if theirs.model_copy(update=apart) != ours:
        raise NotTheSame(f"the floor's envelope is not ours: {said}")
    if fact_of(theirs, CallStarted) != fact_of(ours, CallStarted):
        raise NotTheSame(f"the floor selects other fields: {said}")
