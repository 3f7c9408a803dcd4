"""The chart, rendered once for each set of values, and ways to look at what came out."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from deploy.charting import rendering
from deploy.charting.rendering import Manifest, Values

SETS = tuple(rendering.sets())
WORKLOADS = frozenset({"Deployment", "StatefulSet"})


@cache
def objects(name: str) -> tuple[Manifest, ...]:
    """All that a set makes."""
    return tuple(rendering.manifests(rendering.read(rendering.sets()[name])))


def of_kind(name: str, *kinds: str) -> list[Manifest]:
    return [one for one in objects(name) if one["kind"] in kinds]


def component(manifest: Manifest) -> str:
    return str(manifest["metadata"]["labels"].get("app.kubernetes.io/component", ""))


def workloads(name: str) -> dict[str, Manifest]:
    """By service."""
    return {component(one): one for one in of_kind(name, *WORKLOADS)}


def pod_specs(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every pod that may come of a set: services, Job, test."""
    for one in objects(name):
        if one["kind"] in WORKLOADS | {"Job"}:
            yield component(one), one["spec"]["template"]["spec"]
        elif one["kind"] == "Pod":
            yield component(one), one["spec"]


def minimal(**changes: Any) -> Values:
    """The least values, with others in their place: `kafka={"tls": {...}}` goes deep."""
    return merged(rendering.read(rendering.sets()["minimal"]), changes)


def merged(values: Values, changes: Values) -> Values:
    out = dict(values)
    for key, change in changes.items():
        here = out.get(key)
        deep = isinstance(here, dict) and isinstance(change, dict)
        out[key] = merged(here, change) if deep and here else change
    return out
