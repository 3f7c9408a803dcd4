"""Kafka in memory: partitions and offsets, and services that read them as they do the real one."""

from tests.support.bus.delivery import Delivery
from tests.support.bus.log import Log, Reader
from tests.support.bus.member import Member
from tests.support.bus.memory import MemoryBus

__all__ = ["Delivery", "Log", "Member", "MemoryBus", "Reader"]
