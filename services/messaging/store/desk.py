"""What every store of the process shares: the operator's rules and prices, and a bell."""

import asyncio
from dataclasses import dataclass, field

from services.messaging.domain.prices import PriceBook
from services.messaging.domain.rules import RuleBook


@dataclass(frozen=True)
class Desk:
    """`rate` is messages per second for each sender, `burst` how many a rested one may send.

    `bell` rings when something is due at once. `in_hand` are the requests under way, by tenant
    and key.
    """

    rules: RuleBook
    prices: PriceBook
    rate: float
    burst: int
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    in_hand: set[tuple[str, str]] = field(default_factory=set)
