"""In which partition a record lies, by its key, and how to be heard in all of them."""

from collections.abc import Iterable
from typing import Final, TypeVar

from aiokafka.partitioner import DefaultPartitioner

from libs.common.events import Event, record_key

E = TypeVar("E", bound=Event)

ASSIGN: Final = DefaultPartitioner()
"""What the producer assigns partitions by: the hash of Kafka's own clients."""


def partition_of(key: bytes, partitions: int) -> int:
    """Where a record of this key lies in a topic of so many partitions."""
    found: int = ASSIGN(key, range(partitions), ())
    return found


def spread(tenant: str, facts: Iterable[E], partitions: int) -> list[E]:
    """The first of a tenant's facts for each partition of their topic; the same every time.

    `facts` are about ever other things. Raises ValueError where they end too soon.
    """
    found: dict[int, E] = {}
    for fact in facts:
        key = record_key(tenant, fact.about())
        found.setdefault(partition_of(key, partitions), fact)
        if len(found) == partitions:
            return list(found.values())
    raise ValueError(f"these facts reach {len(found)} of {partitions} partitions: give more")
