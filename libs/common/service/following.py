"""Events shown to a process as they come, beside any group: to each process all of them."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from libs.common.bus import Follower, Guard, Record
from libs.common.bus.record import fits_its_key
from libs.common.events import Envelope, Event, Malformed

BACK = timedelta(minutes=5)


def showing(
    kinds: Sequence[type[Event]], see: Callable[[Envelope], Awaitable[None]], guard: Guard
) -> Callable[[Record], Awaitable[None]]:
    """Lets `see` have the events of these types, but not what is about erased people."""
    types = {kind.TYPE for kind in kinds}

    async def verified(record: Record) -> None:
        try:
            envelope = Envelope.from_json(record.value)
        except Malformed:
            return  # parked by the consumer groups that read the topic
        if envelope.type not in types or not fits_its_key(envelope, record.key):
            return
        if not guard.passes_over(envelope):
            await see(envelope)

    return verified


def follower(
    url: str, name: str, kinds: Sequence[type[Event]], see: Callable[[Record], Awaitable[None]]
) -> Follower:
    """For the topics of these types, the last five minutes first."""
    return Follower(url, name, sorted({kind.TOPIC for kind in kinds}), see, back=BACK)
