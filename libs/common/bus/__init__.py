"""The only place that knows Kafka."""

import libs.common.bus.connection  # noqa: F401 - what it mends
from libs.common.bus.breaker import Breaker
from libs.common.bus.consumer import Consumer
from libs.common.bus.dispatch import Consumes, Dispatch, Heeds, Together
from libs.common.bus.failures import Poison, guarded
from libs.common.bus.follower import Follower
from libs.common.bus.guard import Guard
from libs.common.bus.letters import Letters
from libs.common.bus.parking import Parking
from libs.common.bus.producer import Producer, Unavailable
from libs.common.bus.record import Record

__all__ = [
    "Breaker",
    "Consumer",
    "Consumes",
    "Dispatch",
    "Follower",
    "Guard",
    "Heeds",
    "Letters",
    "Parking",
    "Poison",
    "Producer",
    "Record",
    "Together",
    "Unavailable",
    "guarded",
]
