"""Consumer groups seen from the broker: how far behind all of them are."""

from functools import cache

from deploy.schemas.wiring import wirings
from libs.common.bus.lag import asking


async def lag(url: str) -> dict[str, int]:
    """Records that each group has not committed, of all topics that its service takes."""
    found: dict[str, int] = {}
    async with asking(url, "drill") as groups:
        for group, topics in _taken().items():
            places = await groups.places(group, topics)
            found[group] = sum(place.lag for place in places.values())
    return found


@cache
def _taken() -> dict[str, frozenset[str]]:
    """Also of a group that has committed nothing yet: all that waits is its lag."""
    taken = {one.service: frozenset(kind.TOPIC for kind in one.consumes) for one in wirings()}
    return {service: topics for service, topics in taken.items() if topics}
