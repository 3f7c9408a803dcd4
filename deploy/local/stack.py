"""The broker and the database that everything else runs on."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from deploy.local.kafka import Kafka
from deploy.local.mongod import Mongod
from deploy.local.server import Say, Server, silent


@dataclass(frozen=True)
class Servers:
    """Addresses of Kafka and MongoDB, and those of the two that were started for them."""

    kafka_url: str
    mongo_url: str
    started: tuple[Server, ...]

    def stop(self) -> None:
        """Stop what was started, both at the same time; a cluster of others is left alone."""
        if self.started:
            with ThreadPoolExecutor() as pool:
                list(pool.map(lambda server: server.stop(), self.started))


def servers(state: Path, say: Say = silent) -> Servers:
    """Start Kafka and mongod side by side, except where KAFKA_URL or MONGO_URL name another.

    Raises:
        StartError: one does not start; the other is stopped again.
    """
    kafka_url, mongo_url = os.environ.get("KAFKA_URL"), os.environ.get("MONGO_URL")
    kafka, mongod = Kafka(state, say=say), Mongod(state, say=say)
    wanted = [s for s, given in ((kafka, kafka_url), (mongod, mongo_url)) if not given]
    _start(wanted)
    return Servers(kafka_url or kafka.url, mongo_url or mongod.url, tuple(wanted))


def _start(wanted: Sequence[Server]) -> None:
    try:
        with ThreadPoolExecutor(len(wanted) or 1) as pool:
            starts = [pool.submit(server.start) for server in wanted]
        for start in starts:
            start.result()
    except BaseException:
        for server in wanted:
            server.stop()
        raise
