"""One AsyncAPI 3.0 document: topics, what is on them, and which service does what with them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from deploy.schemas import contract
from deploy.schemas.kinds import Kind, key_of, kinds, name_of, topic_of, urn_of
from deploy.schemas.wiring import Wiring
from libs.common.bus.topics import CATALOGUE, Topic
from libs.common.events import Envelope

Part = dict[str, Any]

_BINDING = "0.5.0"
_PARKED = "parked.record"


def document(wirings: Sequence[Wiring]) -> Part:
    """The whole document."""
    every = kinds()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Intnet events",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 in structured JSON, at least once, in order per key.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {topic.name: _channel(topic, every) for topic in CATALOGUE},
        "operations": {name: part for each in wirings for name, part in _operations(each)},
        "components": {
            "messages": {_PARKED: _parked(), **{name_of(kind): _message(kind) for kind in every}},
            "schemas": contract.components([Envelope, *every]),
        },
    }


def retention(topic: Topic) -> str:
    """How long a topic keeps its records, in words."""
    return "the last per key" if topic.compacted else f"{topic.days} days"


def is_dead(topic: Topic) -> bool:
    """Whether services park there what they could not handle."""
    return topic.name.endswith(".dead.v1")


def _channel(topic: Topic, every: Iterable[Kind]) -> Part:
    names = [name_of(kind) for kind in every if topic.name == kind.TOPIC]
    names += [_PARKED] if is_dead(topic) else []
    return {
        "address": topic.name,
        "description": f"Kept: {retention(topic)}. {_keys(topic, every)}",
        "messages": {name: _ref("components", "messages", name) for name in names},
        "bindings": {
            "kafka": {
                "partitions": topic.partitions,
                "topicConfiguration": dict(_configuration(topic)),
                "bindingVersion": _BINDING,
            }
        },
    }


def _keys(topic: Topic, every: Iterable[Kind]) -> str:
    keys = dict.fromkeys(key_of(kind) for kind in every if topic.name == kind.TOPIC)
    parked = ["that of the record that was parked"] if is_dead(topic) else []
    return f"Key: {' or '.join([*keys, *parked])}."


def _configuration(topic: Topic) -> Iterator[tuple[str, object]]:
    for name, value in topic.settings().items():
        yield name, [value] if name == "cleanup.policy" else int(value)


def _message(kind: Kind) -> Part:
    said = (kind.__doc__ or "").partition("\n")[0]
    data = {
        "type": {"const": kind.TYPE},
        "dataschema": {"const": urn_of(kind)},
        "data": _ref("components", "schemas", kind.__name__),
    }
    envelope = _ref("components", "schemas", Envelope.__name__)
    return {
        "name": kind.TYPE,
        "summary": said,
        "payload": {"allOf": [envelope, {"type": "object", "properties": data}]},
        "bindings": _key(f"{key_of(kind)}, on {topic_of(kind).name}"),
    }


def _parked() -> Part:
    headers = ("place", "reason", "attempts")
    return {
        "name": _PARKED,
        "summary": "A record that could not be handled: its bytes, sealed, in base64.",
        "contentType": "text/plain",
        "headers": {"type": "object", "properties": {name: {"type": "string"} for name in headers}},
        "payload": {"type": "string"},
        "bindings": _key("that of the record"),
    }


def _key(told: str) -> Part:
    key = {"type": "string", "description": told}
    return {"kafka": {"key": key, "bindingVersion": _BINDING}}


def _operations(wiring: Wiring) -> Iterator[tuple[str, Part]]:
    ways = (
        ("send", "send", wiring.emits, "publishes"),
        ("receive", "receive", wiring.consumes, "handles, in its consumer group,"),
        ("follow", "receive", wiring.follows, "reads in every process, without a group,"),
    )
    for way, action, taken, told in ways:
        for topic in dict.fromkeys(kind.TOPIC for kind in taken):
            names = [name_of(kind) for kind in taken if topic == kind.TOPIC]
            types = ", ".join(kind.TYPE for kind in taken if topic == kind.TOPIC)
            part: Part = {
                "action": action,
                "channel": _ref("channels", topic),
                "summary": f"{wiring.service} {told} {types}.",
                "tags": [{"name": wiring.service}],
                "messages": [_ref("channels", topic, "messages", name) for name in names],
            }
            if way == "receive":
                group = {"type": "string", "const": wiring.service}
                part["bindings"] = {"kafka": {"groupId": group, "bindingVersion": _BINDING}}
            yield f"{wiring.service}.{way}.{topic}", part


def _ref(*parts: str) -> Part:
    return {"$ref": f"#/{'/'.join(parts)}"}
