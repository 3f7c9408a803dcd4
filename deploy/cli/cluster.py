"""The Kafka cluster, asked about the topics of the catalogue."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from deploy.cli.failures import Misused, Refused, Unreachable
from libs.common.bus import topics

T = TypeVar("T")

NAMES = tuple(topic.name for topic in topics.CATALOGUE)


def create(url: str, replicas: int) -> list[str]:
    """Creates what is missing and returns the names. Raises Misused, Refused, Unreachable."""
    return _asked(topics.apply(url, replicas=replicas))


def check(url: str) -> tuple[str, ...]:
    """The names of all topics. Raises Misused, Refused (some are missing), Unreachable."""
    _asked(topics.check(url, NAMES))
    return NAMES


def _asked(question: Coroutine[Any, Any, T]) -> T:
    """Kafka's answer; the client's own log would say the same a second time."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        return asyncio.run(question)
    except (topics.MissingTopics, topics.NotCreated) as error:
        raise Refused(f"Kafka: {error}.") from None
    except ValueError:
        raise Misused("KAFKA_URL should be such as broker-1:9092,broker-2:9092.") from None
    except (OSError, RuntimeError) as error:  # aiokafka's errors are RuntimeErrors
        raise Unreachable(f"Kafka cannot be reached ({type(error).__name__}).") from None
