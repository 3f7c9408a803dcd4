"""Walking through a JSON Schema as pydantic writes it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Schema = dict[str, Any]


@dataclass(frozen=True)
class Node:
    """A place in a schema: `root` is the whole, `here` the part, as it is written."""

    root: Schema
    here: Schema
    trail: tuple[str, ...] = ()

    @classmethod
    def top(cls, schema: Schema) -> "Node":
        """Where the walk begins."""
        return cls(schema, schema)

    @cached_property
    def schema(self) -> Schema:
        """The part with its reference followed; nothing where the trail goes in a circle."""
        name = self.here.get("$ref", "").rpartition("/")[2]
        if not name or name in self.trail:
            return self.here
        target: Schema = self.root["$defs"][name]
        return target | {word: said for word, said in self.here.items() if word != "$ref"}

    @property
    def kind(self) -> str:
        """The type in words, as in `null or string(date-time)`; what JSON calls it, and no more."""
        if branches := self._branches():
            return " or ".join(sorted({branch.kind for branch in branches}))
        form = self.schema.get("format")
        kind = str(self.schema.get("type", "anything"))
        return f"{kind}({form})" if form else kind

    @property
    def is_text(self) -> bool:
        """Whether free text fits in here, be it as part of a list or as a key of a map."""
        if "$ref" in self.schema:
            return False  # a circle: seen further up
        if parts := self.parts():
            is_map = "additionalProperties" in self.schema
            return is_map or any(part.is_text for part in parts.values())
        return self.kind.startswith(("string", "anything")) and not self.fields()

    def fields(self) -> dict[str, "Node"]:
        """The properties by name."""
        return {name: self._down(part) for name, part in self.schema.get("properties", {}).items()}

    def parts(self) -> dict[str, "Node"]:
        """What is in here without a name: the items, the values of a map, the alternatives."""
        found = {f"[{n}]": part for n, part in enumerate(self.schema.get("prefixItems", ()))}
        for word, label in (("items", "[]"), ("additionalProperties", "{}")):
            if isinstance(self.schema.get(word), dict):
                found[label] = self.schema[word]
        down = {label: self._down(part) for label, part in found.items()}
        ordered = sorted(self._branches(), key=lambda branch: branch.kind)
        return down | {"" if n == 0 else f"|{n}": each for n, each in enumerate(ordered)}

    def walk(self, path: str = "") -> Iterator[tuple[str, "Node"]]:
        """Every property there is below, with its path, as in `candidates[].name`."""
        for name, field in self.fields().items():
            below = f"{path}.{name}" if path else name
            yield below, field
            yield from field.walk(below)
        for label, part in self.parts().items():
            yield from part.walk(path + label)

    def _branches(self) -> list["Node"]:
        words = ("anyOf", "oneOf", "allOf")
        return [self._down(part) for word in words for part in self.schema.get(word, ())]

    def _down(self, part: Schema) -> "Node":
        followed = self.here.get("$ref", "").rpartition("/")[2]
        return Node(self.root, part, (*self.trail, followed) if followed else self.trail)
