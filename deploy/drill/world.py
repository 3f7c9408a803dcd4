"""A platform of its own for the drills, made through public doors."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from deploy.drill.fleet import Fleet
from deploy.drill.traffic import Line, customers_file
from deploy.local import provider
from deploy.local.agency import Login, Person
from deploy.local.files import Files
from deploy.local.kafka import Kafka
from deploy.local.mongod import Mongod
from deploy.local.process import Process
from deploy.local.seed import seed
from deploy.local.server import Say
from deploy.local.services import NAMES
from deploy.simulator.signing import Signer
from libs.common.bus import topics


class World:
    """Broker, database, services, two tenants with the same customers' numbers."""

    def __init__(self, state: Path, say: Say) -> None:
        self.state = state
        self.say = say
        self.files = Files(state)
        self.kafka = Kafka(state, say=say)
        self.mongod = Mongod(state, say=say)
        self.fleet: Fleet
        self._simulator: Process | None = None
        self.tenants: dict[str, Any] = {}

    @property
    def webhook_url(self) -> str:
        """Where the provider posts."""
        return self.fleet.webhook_url

    @property
    def simulator_url(self) -> str:
        """Where the provider is, which messages are sent to."""
        return self.fleet.simulator_url

    @property
    def console_url(self) -> str:
        """Where agents sign in."""
        return self.fleet.addresses["gateway"].url

    @property
    def lines(self) -> list[Line]:
        """What calls can be made to."""
        return [
            Line(tenant, about["number"], about["connection"])
            for tenant, about in self.tenants.items()
        ]

    def signer(self) -> Signer:
        """The provider's test key."""
        return Signer.of(self.files.telnyx_key)

    async def start(self) -> None:
        """Starts everything. Raises StartError; `stop` must be called in any case."""
        telnyx_key = self.files.prepare()
        await asyncio.to_thread(self._start_servers)
        await topics.apply(self.kafka.url)
        self.fleet = Fleet(self.files, self.kafka.url, self.mongod.url, telnyx_key)
        await asyncio.to_thread(self.fleet.start, *NAMES)
        self._simulator = await asyncio.to_thread(provider.start, self.files, self.fleet)
        self.tenants = await seed(self.files, self.console_url, self.say)
        for tenant in self.tenants:
            admin = await self.person(tenant, "admin")
            done = await admin.upload(customers_file(tenant))
            await admin.close()
            self.say(f"{tenant}: {done['created']} customers for the drills")

    async def person(self, tenant: str, role: str) -> Person:
        """Somebody signed in."""
        login = Login(**self.tenants[tenant]["logins"][role])
        return await Person.signed_in(self.console_url, login)

    def stop(self) -> None:
        """Stops every process that was started here."""
        if self._simulator:
            self._simulator.kill()
        if hasattr(self, "fleet"):
            self.fleet.end()
        for server in (self.mongod, self.kafka):
            server.stop(grace=0.0)  # a start that is under way ends too

    def _start_servers(self) -> None:
        with ThreadPoolExecutor() as pool:
            for start in [pool.submit(s.start) for s in (self.kafka, self.mongod)]:
                start.result()
