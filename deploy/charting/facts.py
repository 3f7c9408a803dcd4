"""What the chart must know of the code: topics, who may do what with them, public paths."""

from typing import Any

import yaml

from deploy.schemas import operations
from deploy.schemas.wiring import Wiring, wirings
from libs.common.bus.parking import TOPIC_END
from libs.common.bus.topics import CATALOGUE
from services.ingest.api.webhook import PATH

_OPERATORS = "/operator"
_STREAM = "/v1/live"
_NOTE = "# Written by `make schemas` from the code. Do not edit.\n"


def generated() -> dict[str, str]:
    """Each file under deploy/chart/files, by its name there."""
    found = {"topics.yaml": topics(), "access.yaml": access(), "paths.yaml": paths()}
    return {name: _NOTE + _as_text(content) for name, content in found.items()}


def topics() -> dict[str, Any]:
    """The catalogue, as KafkaTopics want it."""
    return {
        "topics": [
            {"name": topic.name, "partitions": topic.partitions, "config": topic.settings()}
            for topic in CATALOGUE
        ]
    }


def access() -> dict[str, Any]:
    """By service: its consumer group, topics that it reads with and without it, and writes to."""
    return {wiring.service: _access_of(wiring) for wiring in wirings()}


def paths() -> dict[str, Any]:
    """What the outside may reach: ingest's one path, and the gateway's but for the operators'."""
    routes = {operation.path for operation in operations.of("gateway")}
    firsts = {f"/{path.split('/')[1]}" for path in routes}
    stream = next(path for path in routes if path == _STREAM)
    return {"webhook": PATH, "stream": stream, "public": sorted(firsts - {"/", _OPERATORS})}


def _access_of(wiring: Wiring) -> dict[str, Any]:
    consumes = {kind.TOPIC for kind in wiring.consumes}
    dead = {f"{wiring.service}{TOPIC_END}"} if consumes else set()
    return {
        "group": wiring.service if consumes else "",
        "consumes": sorted(consumes),
        "reads": sorted(consumes | {kind.TOPIC for kind in wiring.follows}),
        "writes": sorted({kind.TOPIC for kind in wiring.emits} | dead),
    }


def _as_text(content: dict[str, Any]) -> str:
    return yaml.safe_dump(content, sort_keys=False, width=100)
