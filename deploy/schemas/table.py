"""The events as a table for people."""

from collections.abc import Iterator, Sequence

from deploy.schemas.asyncapi import is_dead, retention
from deploy.schemas.contract import of_kind
from deploy.schemas.kinds import Kind, key_of, kinds, name_of, topic_of
from deploy.schemas.node import Node
from deploy.schemas.wiring import Wiring
from libs.common.bus.topics import CATALOGUE

_HEAD = """\
# Events

Written by `make schemas`; edit the classes in `libs/common/events` and the `app.py` of the
services instead. Every record is a CloudEvents 1.0 [envelope](envelope.json) in structured JSON;
the schema of its `data` is behind the type. [asyncapi.json](asyncapi.json) says the same for
programs. `golden/` has a message of each type, `released/` the schemas that readers rely on: a
change that breaks them is refused.

Delivery is at least once and in order per key. Ignore fields and types that you do not know.
Parentheses: read in every process without a consumer group.

"""

_COLUMNS = ("Topic", "Key", "Type", "From", "To", "Personal fields", "Kept")

_FOOT = """\

`<service>.dead.v1` also gets what the service could not handle: the bytes, sealed, in base64,
under the original key, with the headers `place`, `reason` and `attempts`. Kept 7 days:
"""


def table(wirings: Sequence[Wiring]) -> str:
    """The whole page."""
    dead = ", ".join(f"`{topic.name}`" for topic in CATALOGUE if is_dead(topic))
    rows = [_COLUMNS, ("---",) * len(_COLUMNS), *(_row(kind, wirings) for kind in kinds())]
    lines = (f"| {' | '.join(row)} |\n" for row in rows)
    return f"{_HEAD}{''.join(lines)}{_FOOT}{dead}.\n"


def _row(kind: Kind, wirings: Sequence[Wiring]) -> tuple[str, ...]:
    return (
        f"`{kind.TOPIC}`",
        f"`{key_of(kind)}`",
        f"[{kind.TYPE}]({name_of(kind)}.json)",
        ", ".join(each.service for each in wirings if kind in each.emits) or "nobody",
        ", ".join(_readers(kind, wirings)) or "nobody",
        ", ".join(f"`{path}`" for path in _personal(kind)) or "none",
        retention(topic_of(kind)),
    )


def _readers(kind: Kind, wirings: Sequence[Wiring]) -> Iterator[str]:
    for each in wirings:
        if kind in each.consumes:
            yield each.service
        elif kind in each.follows:
            yield f"({each.service})"


def _personal(kind: Kind) -> Iterator[str]:
    for path, node in Node.top(of_kind(kind)).walk():
        if "x-personal" in node.here:
            yield path
