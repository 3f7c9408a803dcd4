"""Records produced straight onto a topic, past the door."""

from typing import Self
from uuid import uuid4

from deploy.drill import log
from deploy.drill.experiment import Drill
from libs.common.bus import Producer
from libs.common.bus.record import Headers

MARK = "drill"


class Raw:
    """Sends bytes as they are; each poisonous record carries a mark, to be found again."""

    def __init__(self, drill: Drill) -> None:
        self._drill = drill
        self._marks: set[str] = set()
        self._producer = Producer(drill.world.kafka.url, "drill", {})

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._producer.stop()

    async def send(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Headers = ()
    ) -> None:
        """Produces one record. Raises Unavailable."""
        await self._producer.send(topic, key, value, headers)

    async def poison(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Headers = ()
    ) -> None:
        """Produces one record that its readers must park."""
        mark = uuid4().hex
        self._marks.add(mark)
        await self.send(topic, key, value, (*headers, (MARK, mark.encode())))

    async def expect_parked(self, topic: str, *services: str) -> None:
        """Finds the poison in the topic: exactly that must be parked by these services."""
        for record in await log.read(self._drill.world.kafka.url, (topic,)):
            if record.header(MARK) in self._marks:
                self._drill.poisoned |= {(service, record.place) for service in services}
