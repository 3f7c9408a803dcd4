"""A simulator on a loopback port, in a thread of its own, for what needs a real connection."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Queue
from socket import create_server
from threading import Thread
from typing import Any

import httpx
import uvicorn

from deploy.simulator.messages.carrier import Terms
from tests.simulator.support import API_KEY, AT_ONCE, Clock, Target, built

_PATIENCE = 20.0


@dataclass
class Inbox(Target):
    """A target whose deliveries another thread waits for."""

    arrived: Queue[dict[str, Any]] = field(default_factory=Queue)

    def handle(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle(request)
        self.arrived.put(json.loads(request.content)["data"])
        return answer

    def next(self) -> dict[str, Any]:
        """The next delivery."""
        return self.arrived.get(timeout=_PATIENCE)


@contextmanager
def serving(inbox: Inbox, terms: Terms = AT_ONCE) -> Iterator[httpx.Client]:
    """A client of the running simulator. The socket listens first, so that nobody waits for it."""
    config = uvicorn.Config(built(inbox, Clock(), terms=terms), log_level="warning")
    server = uvicorn.Server(config)
    headers = {"authorization": f"Bearer {API_KEY}"}
    with create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            with httpx.Client(base_url=url, headers=headers, timeout=_PATIENCE) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(_PATIENCE)
            assert not thread.is_alive()
