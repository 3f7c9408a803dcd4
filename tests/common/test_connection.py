"""A connection that the broker has just reset, on the loop that the services run on."""

import asyncio
import socket
import struct
from typing import Any

import pytest
import uvloop
from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.admin import ApiVersionRequest

from libs.common.bus import connection

AT_ONCE = struct.pack("ii", 1, 0)


async def _reset_while_sending(send: Any) -> None:
    """Writes on in every pass of the loop, from before the reset until an error comes."""
    taken = asyncio.get_running_loop().create_future()
    server = await asyncio.start_server(lambda _, w: taken.set_result(w), "127.0.0.1", 0)
    conn = AIOKafkaConnection(*server.sockets[0].getsockname())
    conn._do_version_lookup = lambda: asyncio.sleep(0)
    await conn.connect()
    peer = await taken
    peer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    peer.transport.abort()
    waiting = []
    try:
        for _ in range(2000):
            waiting.append(asyncio.ensure_future(send(conn, ApiVersionRequest())))
            await asyncio.sleep(0)
    finally:
        await asyncio.gather(*waiting, return_exceptions=True)
        await conn.close()
        server.close()


def test_a_write_to_a_reset_connection_is_a_kafka_error() -> None:
    with pytest.raises(KafkaConnectionError):
        uvloop.run(_reset_while_sending(connection.send))


def test_without_it_the_error_is_one_that_ends_the_clients_metadata_task() -> None:
    with pytest.raises(RuntimeError, match="handler is closed"):
        uvloop.run(_reset_while_sending(connection._send))


def test_the_client_uses_it() -> None:
    assert AIOKafkaConnection.send is connection.send
