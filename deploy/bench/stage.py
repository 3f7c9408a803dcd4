"""The stage of a run: a real broker, a real mongod, tenants, and services as processes."""

import asyncio
import base64
import json
import shutil
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.bench.customers import drafts
from deploy.bench.program import build
from deploy.local.files import Files
from deploy.local.process import Process, wait_for
from deploy.local.server import Say, Server, StartError
from deploy.local.services import Services, tail
from deploy.local.stack import Servers, servers
from deploy.simulator.signing import Signer
from libs.common import clock
from libs.common.bus import Producer, topics
from libs.common.events import Assignment, TenantSaved, enclose
from libs.common.keys import Keys, create_tenant_keys
from libs.common.mongo import Mongo
from services.matcher.store import ENTITIES, Store

LINE = "+12025550131"
TENANT = "benchtenant01"
_READY_SECONDS = 60.0


class Crew(Services):
    """Services as in production: no clock that can be shifted; and no spans are written."""

    def _environment(self, name: str) -> dict[str, str]:
        return super()._environment(name) | {"SPANS_FILE": "", "CLOCK_FILE": ""}

    def start_instead(self, name: str, module: str) -> None:
        """Starts another program in the place of a service, on its addresses."""
        self.processes[name] = Process.launch(
            [sys.executable, "-m", module], self._files.log(name), self._environment(name)
        )
        self.wait(name)


@dataclass(frozen=True)
class Stage:
    """Where everything is. `program` is the built Go program, `signer` the provider's test key."""

    files: Files
    kafka_url: str
    mongo_url: str
    program: Path
    signer: Signer
    say: Say
    servers: Sequence[Server] = ()

    @property
    def keys(self) -> Keys:
        """The keys of the platform and of the tenants made here."""
        return Keys(self.files.keys)

    def lookup_key(self, tenant: str) -> bytes:
        """The tenant's current lookup key, 32 bytes."""
        ring = json.loads(self.files.keys.read_text())["tenants"][tenant]["lookup"]
        return base64.b64decode(ring[-1]["key"])

    @contextmanager
    def crew(self, *names: str) -> Iterator[Crew]:
        """These services, stopped at the end."""
        crew = Crew(self.files, self.kafka_url, self.mongo_url, self.signer.public)
        try:
            crew.start(*names)
            yield crew
        finally:
            crew.stop(*crew.processes)

    @contextmanager
    def process(
        self, name: str, command: Sequence[str | Path], ready: str, extra: dict[str, str]
    ) -> Iterator[Process]:
        """A process of the floor, once its log says `ready`; stopped at the end."""
        log = self.files.log(name)
        log.unlink(missing_ok=True)
        process = Process.launch(command, log, extra)
        try:
            wait_for(lambda: ready in log.read_text() or not process.alive(), _READY_SECONDS)
            if not process.alive() or ready not in log.read_text():
                raise StartError(f"{name} did not start:\n{tail(log)}")
            yield process
        finally:
            process.stop()

    async def fill(self, count: int) -> None:
        """Makes that many callers customers, so that every card has a match."""
        mongo = Mongo(self.mongo_url, "matcher", ENTITIES)
        await mongo.open_tenant(TENANT)
        store = Store(mongo.scope(TENANT), self.keys)
        await store.customers.write_all(drafts(count), "bench", "contract", clock.now())
        mongo.close()

    async def topic(self, *names: str) -> None:
        """Makes topics of the floor, as wide as the platform's."""
        await topics.apply(self.kafka_url, topics=[topics.Topic(name) for name in names])

    async def tenant(self, tenant: str, *numbers: str) -> TenantSaved:
        """Makes a tenant with its keys and numbers, for services that start later."""
        create_tenant_keys(self.files.keys, tenant)
        state = saved(tenant, *numbers)
        producer = Producer(self.kafka_url, "bench", {TenantSaved.TYPE: TenantSaved.TOPIC})
        event = enclose(state, tenant, id=tenant, source="bench", time=clock.now())
        await producer.publish([event])
        await producer.stop()
        return state


def saved(tenant: str, *numbers: str) -> TenantSaved:
    """A tenant's state, as an operator would have written it."""
    since = clock.now().replace(year=2020)
    return TenantSaved(
        tenant=tenant,
        version=1,
        name=tenant,
        profile="intnet-iq",
        region="US",
        language="en",
        timezone="America/Chicago",
        numbers=tuple(Assignment(value=number, valid_from=since) for number in numbers),
    )


@asynccontextmanager
async def opened(state: Path, say: Say) -> AsyncIterator[Stage]:
    """Builds the Go program, starts the servers on fresh data, and stops them at the end."""
    program = build(state / "floor")
    say(f"built {program.name}")
    shutil.rmtree(state / "run", ignore_errors=True)
    files = Files((state / "run").resolve())
    files.prepare()
    running: Servers = await asyncio.to_thread(servers, files.state, say)
    try:
        await topics.apply(running.kafka_url)
        signer = Signer.of(files.telnyx_key)
        yield Stage(
            files,
            running.kafka_url,
            running.mongo_url,
            program.resolve(),
            signer,
            say,
            running.started,
        )
    finally:
        await asyncio.to_thread(running.stop)
