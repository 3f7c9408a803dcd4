"""The HTTP application of a service, made once for all tests of a process.

Half a second goes into its routes and its document, which are the same each time.
"""

from collections.abc import Iterable
from copy import copy

from fastapi import APIRouter, FastAPI
from starlette.datastructures import State

from libs.common.web import create_app

_made: dict[tuple[str, tuple[int, ...]], tuple[FastAPI, tuple[APIRouter, ...]]] = {}


def application(name: str, routers: Iterable[APIRouter]) -> FastAPI:
    """As `create_app` makes it: with a state and handlers of errors of its own."""
    given = tuple(routers)
    key = name, tuple(map(id, given))
    if key not in _made:
        _made[key] = create_app(name, given, version="1"), given  # while kept, their ids are theirs
    own = copy(_made[key][0])
    own.state, own.middleware_stack = State(), None
    own.exception_handlers = dict(own.exception_handlers)
    return own
