"""Imports are counted by what became of them, and what went wrong goes on."""

from contextlib import nullcontext

import pytest
from prometheus_client import REGISTRY
from starlette.requests import ClientDisconnect

from libs.common.web import Problem, importing


def counted(kind: str, outcome: str) -> float | None:
    return REGISTRY.get_sample_value("imports_total", {"kind": kind, "outcome": outcome})


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (None, "finished"),
        (Problem(422, "no_rows", "There is nothing in it."), "refused"),
        (ClientDisconnect(), "broken_off"),
        (ConnectionError("the store is away"), "failed"),
    ],
)
def test_each_ends_in_one_count(error: Exception | None, outcome: str) -> None:
    outcomes = ("finished", "refused", "broken_off", "failed")
    before = {name: counted("customers", name) for name in outcomes}
    raises = pytest.raises(type(error)) if error else nullcontext()
    with raises, importing("customers"):
        if error:
            raise error
    for name in outcomes:
        assert counted("customers", name) == (before[name] or 0) + (name == outcome)
