"""PromQL: which samples and labels a query names, against those that the code exports."""

from collections.abc import Iterator, Mapping
from typing import Any

import promql_parser

from deploy.operations.metrics import GIVEN

_PARTS = ("lhs", "rhs", "expr", "args", "vector_selector")


def faults(query: str, exported: Mapping[str, frozenset[str]]) -> list[str]:
    """What in a query nobody exports, in plain words; or why it is no query."""
    try:
        parsed = promql_parser.parse(query)
    except ValueError as error:
        return [f"{query}: {error}"]
    found: list[str] = []
    there: set[str] = set()
    for name, asked in _selected(parsed):
        if name not in exported:
            found.append(f"{name}: nothing exports it")
            continue
        there |= exported[name] | GIVEN
        found += [f"{name}: it has no label {one}" for one in asked - exported[name] - GIVEN]
    named = set(_grouped(parsed))
    return found + [f"{query}: nothing in it has the label {one}" for one in sorted(named - there)]


def labels(query: str, exported: Mapping[str, frozenset[str]]) -> set[str]:
    """Every label that a query could answer with."""
    selected = _selected(promql_parser.parse(query))
    return set(GIVEN).union(*(exported.get(name, frozenset()) for name, _ in selected))


def _selected(part: Any) -> Iterator[tuple[str, set[str]]]:
    """Every sample with the labels that it is picked by."""
    if isinstance(part, promql_parser.VectorSelector):
        yield str(part.name), {matcher.name for matcher in part.matchers.matchers}
    for inner in _inside(part):
        yield from _selected(inner)


def _grouped(part: Any) -> Iterator[str]:
    """Every label after `by`, `without` and `on`."""
    modifier = getattr(part, "modifier", None)
    yield from getattr(modifier, "labels", None) or ()
    matching = getattr(modifier, "matching", None)
    yield from getattr(matching, "labels", None) or ()
    for inner in _inside(part):
        yield from _grouped(inner)


def _inside(part: Any) -> Iterator[Any]:
    for name in _PARTS:
        inner = getattr(part, name, None)
        if isinstance(inner, list):
            yield from inner
        elif inner is not None:
            yield inner
