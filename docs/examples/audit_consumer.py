"""Prints a tenant's audit trail as it grows, and stops where it is not what was sealed.

python audit_consumer.py BROKER:9092 TENANT        (needs: pip install aiokafka)
"""

import asyncio
import hashlib
import json
import sys

from aiokafka import AIOKafkaConsumer


async def read(broker: str, tenant: str, topic: str = "audit.v1") -> None:
    hashes = ["0" * 64]  # by sequence number; entry 1 holds this one
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=broker, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async for record in consumer:
            if record.key == tenant.encode():
                take(json.loads(record.value)["data"], hashes, tenant)
    finally:
        await consumer.stop()


def take(sealed: dict[str, str], hashes: list[str], tenant: str) -> None:
    entry = json.loads(sealed["entry"])
    number = entry["sequence"]
    if hashlib.sha256(b"\x00" + sealed["entry"].encode()).hexdigest() != sealed["hash"]:
        sys.exit(f"entry {number} is not the text that was hashed")
    if entry["tenant"] != tenant:
        sys.exit(f"entry {number} belongs to another tenant")
    if number < len(hashes) and hashes[number] == sealed["hash"]:
        return  # delivered again, which is no fault
    if number != len(hashes):
        sys.exit(f"entry {len(hashes)} is due, and here is {number}")
    if entry["prev"] != hashes[-1]:
        sys.exit(f"entry {number} does not follow the one before it")
    hashes.append(sealed["hash"])
    print(number, entry["time"], entry["actor"], entry["action"], entry["outcome"], flush=True)


asyncio.run(read(*sys.argv[1:]))
