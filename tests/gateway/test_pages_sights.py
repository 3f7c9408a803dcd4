"""No page, and nothing hidden on one, is without a look in a browser (`tests.support.sights`)."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from services.gateway.pages import router
from services.gateway.pages.navigation import PLACES
from services.gateway.pages.rendering import HERE
from tests.support.sights import SIGHTS
from tests.support.sights.sight import Sight

SOURCES = {file.name: file.read_text() for file in (HERE / "templates").glob("*.html")}
EVERYWHERE = (
    *("base.html", "shell.html", "header.html"),
    *("parts.html", "programs.html", "sessions.html"),
)
FIELD = re.compile(r"(?:parts\.(?:field|whose)|programs\.boxes)\(\"([\w-]+)\"")
ONCE = re.compile(r"(?:parts\.shown_once|programs\.once|parts\.whose)\(\"([\w-]+)\"")


def routes_of(found: APIRouter) -> Iterator[str]:
    for route in found.routes:
        if isinstance(route, APIRoute):
            yield route.path
        else:
            yield from routes_of(route.original_router)  # type: ignore[attr-defined]


def ids_of(template: str) -> set[str]:
    """What stands in it with an id; a field brings a place for what is wrong with it."""
    source = SOURCES[template]
    fields = {f"{name}-error" for name in FIELD.findall(source)}
    return own_ids(source) | fields | set(ONCE.findall(source)) | macro_ids(source)


def own_ids(source: str) -> set[str]:
    return set(re.findall(r'\bid="([\w-]+)"', source))


def macro_ids(source: str) -> set[str]:
    """Of what it takes from other templates."""
    taken = re.findall(r'import "([\w.]+)"', source)
    return {name for template in taken for name in own_ids(SOURCES[template])}


def test_each_page_is_looked_at() -> None:
    looked_at = {sight.route for sight in SIGHTS}
    assert looked_at == set(routes_of(router)) - {"/static/{file}"}
    assert {place.path for place in PLACES} <= looked_at


def test_each_template_is_looked_at() -> None:
    assert {sight.template for sight in SIGHTS} == SOURCES.keys() - set(EVERYWHERE)


@pytest.mark.parametrize("template", sorted(SOURCES.keys() - set(EVERYWHERE)))
def test_what_is_hidden_at_first_is_looked_at(template: str) -> None:
    hidden = set(re.findall(r'<[^>]*\bid="([\w-]+)"[^>]*\shidden\b', SOURCES[template]))
    hidden |= set(ONCE.findall(SOURCES[template]))
    shown = {name for sight in SIGHTS if sight.template == template for name in shows(sight)}
    assert hidden - shown == set()


def shows(sight: Sight) -> list[str]:
    return re.findall(r"#([\w-]+)", sight.shows)


@pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name.replace(" ", "_"))
def test_what_shows_a_state_stands_in_its_template(sight: Sight) -> None:
    assert set(shows(sight)) <= ids_of(sight.template)


def test_each_sight_has_a_name_of_its_own() -> None:
    assert max(Counter(sight.name for sight in SIGHTS).values()) == 1
