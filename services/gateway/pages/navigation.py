"""The pages of the console, and what one must be allowed to do to be led to them."""

from collections.abc import Collection, Sequence
from typing import NamedTuple


class Place(NamedTuple):
    """A page; `word` is its name in the texts. `scope` leads there, which is not what opens it."""

    path: str
    word: str
    scope: str


PLACES = (
    Place("/", "live", "live:read"),
    Place("/customers", "customers", "customers:read"),
    Place("/imports", "imports", "imports:read"),
    Place("/requests", "requests", "privacy:read"),
    Place("/users", "users", "users:read"),
    Place("/keys", "api_keys", "keys:read"),
    Place("/webhooks", "webhooks", "webhooks:read"),
    Place("/usage", "usage", "usage:read"),
    Place("/audit", "audit", "audit:read"),
)


def places(scopes: Collection[str]) -> Sequence[Place]:
    """Those that somebody with these scopes is led to."""
    return [place for place in PLACES if place.scope in scopes]
