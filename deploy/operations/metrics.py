"""Every metric that the code declares: what is registered once all services are loaded."""

import importlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from libs.common.bus.topics import SERVICES

GIVEN = frozenset({"job", "instance", "namespace", "pod"})
"""Labels that a scrape adds; `job` is the service."""

_ENDINGS = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
EVERY = "every service"


@dataclass(frozen=True)
class Metric:
    """One of them. `where` is the service that has it, or `EVERY`."""

    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str
    where: str

    def samples(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Names as they are exported, each with its labels."""
        for ending in _ENDINGS[self.kind]:
            more = {"le"} if ending == "_bucket" else set()
            yield f"{self.name}{ending}", frozenset(self.labels) | more

    @property
    def shown(self) -> str:
        """Its name as it is exported."""
        return f"{self.name}_total" if self.kind == "counter" else self.name


@cache
def declared() -> tuple[Metric, ...]:
    """All of ours, by name."""
    for service in SERVICES:
        importlib.import_module(f"services.{service}.app")
    return tuple(sorted(_ours(), key=lambda metric: (metric.where != EVERY, metric.shown)))


def exported() -> Mapping[str, frozenset[str]]:
    """Labels by the name of each sample: ours, and what the client says of its process."""
    told = dict(sample for metric in declared() for sample in metric.samples())
    theirs = (family for family in REGISTRY.collect() if family.name.startswith("process_"))
    return told | {one.name: frozenset(one.labels) for family in theirs for one in family.samples}


def _ours() -> Iterator[Metric]:
    places: dict[int, set[str]] = {}
    found: dict[int, MetricWrapperBase] = {}
    for name, module in list(sys.modules.items()):
        if name.startswith(("libs.", "services.")):
            for value in vars(module).values():
                if isinstance(value, MetricWrapperBase):
                    found[id(value)] = value
                    places.setdefault(id(value), set()).add(name)
    for key, metric in found.items():
        homes = {place.split(".")[1] for place in places[key] if place.startswith("services.")}
        shared = any(place.startswith("libs.") for place in places[key])
        (family,) = metric.describe()
        labels = tuple(metric._labelnames)
        where = EVERY if shared else ", ".join(sorted(homes))
        yield Metric(family.name, family.type, labels, family.documentation, where)
