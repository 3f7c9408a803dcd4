"""Runs HTTP servers inside a service's own event loop, until the service says stop."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp
from uvicorn import Config, Server

from libs.common.web.patience import Patient

DRAIN_S = 10
KEEP_ALIVE_S = 5
MAX_CONNECTIONS = 2000


async def serve(
    *servers: tuple[ASGIApp, str, int],
    stop: asyncio.Event,
    listening: asyncio.Event | None = None,
    drain_s: int = DRAIN_S,
) -> None:
    """Serves each application on its host and port, and returns when all have shut down.

    Args:
        servers: application, host, port.
        stop: ends accepting; requests in hand have `drain_s` seconds to finish.
        listening: is set once every port accepts connections.
        drain_s: whole seconds.

    Raises:
        OSError: a port cannot be had; the message says which.
    """
    sockets = _bind([(host, port) for _, host, port in servers])
    running = [_Server(_config(app, drain_s)) for app, _, _ in servers]
    try:
        async with asyncio.TaskGroup() as group:
            for server, bound in zip(running, sockets, strict=True):
                group.create_task(server.serve(sockets=[bound]))
            group.create_task(_control(running, stop, listening))
    finally:
        for bound in sockets:
            bound.close()


async def _control(
    running: "list[_Server]", stop: asyncio.Event, listening: asyncio.Event | None
) -> None:
    for server in running:
        await server.accepting.wait()
    if listening is not None:
        listening.set()
    await stop.wait()
    for server in running:
        server.should_exit = True


class _Server(Server):
    """Tells when it accepts, and leaves signals to the service."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.accepting = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.accepting.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _config(app: ASGIApp, drain_s: int) -> Config:
    return Config(
        app,
        http=Patient,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=drain_s,
    )


def _bind(addresses: list[tuple[str, int]]) -> list[socket.socket]:
    bound: list[socket.socket] = []
    for host, port in addresses:
        try:
            bound.append(socket.create_server((host, port), backlog=2048))
        except OSError as error:
            for earlier in bound:
                earlier.close()
            raise OSError(error.errno, f"{host}:{port} cannot be had: {error.strerror}") from None
    return bound
