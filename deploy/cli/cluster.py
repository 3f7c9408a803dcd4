"""The Kafka cluster, asked about the topics of the catalogue."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar, get_args

from deploy.cli.door import Consuming
from deploy.cli.failures import Misused, Refused, Unreachable
from libs.common.bus import lag, rewinding, topics

T = TypeVar("T")

GROUPS: tuple[str, ...] = get_args(Consuming)
NAMES = tuple(topic.name for topic in topics.CATALOGUE)


def create(url: str, replicas: int) -> list[str]:
    """Creates what is missing and returns the names. Raises Misused, Refused, Unreachable."""
    return _asked(topics.apply(url, replicas=replicas))


def check(url: str) -> tuple[str, ...]:
    """The names of all topics. Raises Misused, Refused (some are missing), Unreachable."""
    _asked(topics.check(url, NAMES))
    return NAMES


def groups(url: str) -> dict[str, dict[str, int]]:
    """Records that each group has not committed, by topic. Raises Misused, Unreachable."""
    return _asked(_lags(url))


def ahead(url: str, group: str) -> int:
    """Records that a group would see again. Raises Misused, Unreachable."""
    return sum(place.lag for place in _asked(rewinding.behind(url, group)).values())


def rewind(url: str, group: str) -> int:
    """Sets a group back; how many records it sees again. Raises Misused, Refused, Unreachable."""
    return _asked(rewinding.rewind(url, group))


async def _lags(url: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    async with lag.asking(url, "intnet") as asked:
        for group in GROUPS:
            lags = found.setdefault(group, {})
            for (topic, _), place in (await asked.places(group)).items():
                lags[topic] = lags.get(topic, 0) + place.lag
    return found


def _asked(question: Coroutine[Any, Any, T]) -> T:
    """Kafka's answer; the client's own log would say the same a second time."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        return asyncio.run(question)
    except (topics.MissingTopics, topics.NotCreated) as error:
        raise Refused(f"Kafka: {error}.") from None
    except rewinding.InUse as error:
        raise Refused(f"{error}: stop every process of that service first.") from None
    except ValueError:
        raise Misused("KAFKA_URL should be such as broker-1:9092,broker-2:9092.") from None
    except (OSError, RuntimeError) as error:  # aiokafka's errors are RuntimeErrors
        raise Unreachable(f"Kafka cannot be reached ({type(error).__name__}).") from None
