"""The service as declared."""

import inspect

import pytest

from services.insights import app, handlers
from services.insights.store import Store
from tests.support.http import Harness


@pytest.mark.parametrize("house", ["memory"], indirect=True)
def test_it_says_what_it_takes_and_gives(house: Harness[Store]) -> None:
    service = house.service
    assert service.name == "insights"
    assert service.topics_in() == ("calls.v1", "consent.v1", "matches.v1")
    assert service.topics_out() == {"insight.produced": "insights.v1"}
    assert {entity.name for entity in service.entities} == {"calls", "feedback", "objections"}
    assert service.shared == ()
    assert service.needs_store


def test_every_handler_is_declared() -> None:
    own = {
        function
        for name, function in inspect.getmembers(handlers, inspect.iscoroutinefunction)
        if function.__module__ == handlers.__name__ and not name.startswith("_")
    }
    assert {handler for _, handler in app.CONSUMES} == own
