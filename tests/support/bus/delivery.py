"""How records come to their readers."""

import asyncio
from dataclasses import dataclass, field
from random import Random


@dataclass
class Delivery:
    """What a broker may do to its readers.

    Each record comes `copies` times running; each batch comes again `rewinds` times, as if its
    commit were lost. With a `seed`, chance decides which partition a reader gets next, how much
    of it, and how lanes run side by side; the order inside a key always stays. A service reads
    tenants.v1 only after `tenants_after` tries at events.
    """

    copies: int = 1
    rewinds: int = 0
    seed: int | None = None
    tenants_after: int = 0
    chance: Random | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.chance = None if self.seed is None else Random(self.seed)

    async def give_way(self) -> None:
        """Lets other lanes run, where chance has it."""
        for _ in range(self.chance.randrange(3) if self.chance else 0):
            await asyncio.sleep(0)
