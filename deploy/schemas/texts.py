"""Every text in an event, and in a body or an answer of the API, says what it is.

A text is personal, and says so where it stands; or it is on a list of `deploy.schemas.plain`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaValue

from deploy.schemas import operations
from deploy.schemas.contract import components, of_kind
from deploy.schemas.kinds import Kind
from deploy.schemas.node import Node
from deploy.schemas.plain import CODED, KNOWN, OURSELVES, OWN
from libs.common.bus.topics import SERVICES
from libs.common.events import Personal
from libs.common.web import ProblemDetails

_DEFS = "#/$defs/{model}"


@dataclass(frozen=True)
class Text:
    """A field that could hold words: `shape` is an event's type or a model's name."""

    shape: str
    path: str
    mark: Personal | None

    @property
    def name(self) -> str:
        """`shape:path`."""
        return f"{self.shape}:{self.path}"

    @property
    def undeclared(self) -> bool:
        """Neither personal nor on a list."""
        known = self.shape in OURSELVES or self.name in OWN or self.path_end in KNOWN
        return self.mark is None and not known

    @property
    def path_end(self) -> str:
        """The field's own name."""
        return _end(self.path)


@cache
def of_event(kind: Kind) -> tuple[Text, ...]:
    """The texts of one event, with those of its parts."""
    return tuple(_walk(kind.TYPE, Node.top(of_kind(kind))))


@cache
def of_api(service: str) -> tuple[Text, ...]:
    """The texts of every model that the service takes or answers with, and of its parameters."""
    routes = routes_of(service)
    models = {model.__name__: model for route in routes for model in _models(route)}
    schemas = components([*models.values(), ProblemDetails], _DEFS)
    texts = [text for name, schema in schemas.items() for text in _fields(name, schema, schemas)]
    return (*texts, *(text for route in routes for text in _parameters(route)))


def routes_of(service: str) -> list[APIRoute]:
    """What is in the service's OpenAPI document, each once."""
    routes = {id(each.route): each.route for each in operations.of(service)}
    return [route for route in routes.values() if route.include_in_schema]


def api_texts(services: Iterable[str] = SERVICES) -> dict[str, tuple[Text, ...]]:
    """The texts of the APIs by service."""
    return {service: of_api(service) for service in services}


def _models(route: APIRoute) -> Iterator[type[BaseModel]]:
    """Bodies and answers, whatever they are wrapped in."""
    answers = [found.field_info.annotation for found in (route.response_field,) if found]
    bodies = [body.field_info.annotation for body in route.dependant.body_params]
    for annotation in [*answers, *bodies]:
        yield from _inside(annotation)


def _inside(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _inside(part)


def _parameters(route: APIRoute) -> Iterator[Text]:
    """A path, a query and a header stand in logs of others: nothing personal goes there."""
    of = route.dependant
    for parameter in (*of.path_params, *of.query_params, *of.header_params):
        annotation: Any = parameter.field_info.annotation
        node = Node.top(TypeAdapter(annotation).json_schema())
        if node.is_text and not _closed(node):
            yield _text(f"{route.name}()", parameter.alias, node)


def _fields(name: str, schema: JsonSchemaValue, root: dict[str, Any]) -> Iterator[Text]:
    """Only the model's own: each of its parts has its turn."""
    for field, node in Node({"$defs": root}, schema).fields().items():
        if node.is_text and not _closed(node) and not _models_inside(node):
            yield _text(name, field, node)


def _walk(shape: str, top: Node) -> Iterator[Text]:
    for path, node in top.walk():
        if node.is_text:
            yield _text(shape, path, node)


def _text(shape: str, path: str, node: Node) -> Text:
    said = node.here.get("x-personal")
    return Text(shape, path, Personal(**said) if said else CODED.get(_end(path)))


def _closed(node: Node) -> bool:
    """Whether it takes only words that we chose."""
    if parts := node.parts():
        is_map = "additionalProperties" in node.schema
        return not is_map and all(_closed(part) or not part.is_text for part in parts.values())
    return "enum" in node.schema or "const" in node.schema


def _models_inside(node: Node) -> bool:
    return bool(node.fields()) or any(_models_inside(part) for part in node.parts().values())


def _end(path: str) -> str:
    return path.rpartition(".")[2]
