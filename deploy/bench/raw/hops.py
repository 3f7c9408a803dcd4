"""The hops of a call with the drivers alone, each its own process.

`python -m deploy.bench.raw.hops door|match|card SETTINGS`, where SETTINGS is JSON.
"""

import asyncio
import hmac
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
import uvicorn
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from pymongo import AsyncMongoClient

TOPICS = ("floor.calls.v1", "floor.matches.v1", "floor.insights.v1")
READY = "ready"
_OK = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]}
_END = {"type": "http.response.body", "body": b""}

Json = dict[str, Any]


async def door(told: Json) -> None:
    """POST to topic: parses, produces, answers."""
    producer = await _producer(told)

    async def app(_: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        payload = msgspec.json.decode(body)["data"]["payload"]
        fact = {"session_id": payload["call_session_id"], "party": payload["from"]}
        value = msgspec.json.encode({"data": fact})
        await producer.send_and_wait(TOPICS[0], value, fact["session_id"].encode())
        await send(_OK)
        await send(_END)

    config = uvicorn.Config(app, port=told["port"], lifespan="off", log_config=None, loop="none")
    listening = config.bind_socket()
    print(READY, flush=True)
    await uvicorn.Server(config).serve(sockets=[listening])


async def match(told: Json) -> None:
    """Topic to topic, with the look-up of the caller in between."""
    producer = await _producer(told)
    found = AsyncMongoClient[Json](told["mongo"])["matcher"][told["collection"]]
    lookup = bytes.fromhex(told["lookup_key"])

    async def one(value: bytes) -> None:
        fact = msgspec.json.decode(value)["data"]
        code = hmac.digest(lookup, fact["party"].encode(), "sha256").hex()[:32]
        rows = await found.find({"codes": {"$in": [code]}}).limit(10).to_list()
        fact["candidates"] = [row["_id"] for row in rows]
        key = fact["session_id"].encode()
        await producer.send_and_wait(TOPICS[1], msgspec.json.encode({"data": fact}), key)

    await _serve(told, "floor-match", TOPICS[0], one)


async def card(told: Json) -> None:
    """Topic to topic."""
    producer = await _producer(told)

    async def one(value: bytes) -> None:
        fact = msgspec.json.decode(value)["data"] | {"version": 2}
        key = fact["session_id"].encode()
        await producer.send_and_wait(TOPICS[2], msgspec.json.encode({"data": fact}), key)

    await _serve(told, "floor-card", TOPICS[1], one)


async def _serve(
    told: Json, group: str, topic: str, one: Callable[[bytes], Awaitable[None]]
) -> None:
    """A batch side by side, then one commit."""
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=told["kafka"],
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    print(READY, flush=True)
    while True:
        batches = await consumer.getmany(timeout_ms=500)
        values = [record.value for records in batches.values() for record in records]
        if values:
            await asyncio.gather(*map(one, values))
            await consumer.commit()


async def _producer(told: Json) -> AIOKafkaProducer:
    producer = AIOKafkaProducer(bootstrap_servers=told["kafka"], acks="all", linger_ms=0)
    await producer.start()
    return producer


HOPS: dict[str, Callable[[Json], Awaitable[None]]] = {"door": door, "match": match, "card": card}


def command(hop: str, told: Json) -> Sequence[str]:
    """What to start for a hop."""
    return [sys.executable, "-m", "deploy.bench.raw.hops", hop, json.dumps(told)]


async def main(hop: str, told: str) -> None:
    """Runs until ended."""
    await HOPS[hop](json.loads(told))


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
