"""Objects of operators, judged by the schemas of their definitions, closed as a server has them.

Rules in CEL (x-kubernetes-validations) are not run.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import jsonschema

Kind = tuple[str, str]
Schema = dict[str, Any]


def by_kind(definitions: Iterable[dict[str, Any]]) -> dict[Kind, Schema]:
    """apiVersion and kind to schema, for each version that is served."""
    return {
        (f"{spec['group']}/{version['name']}", spec["names"]["kind"]): closed(
            version["schema"]["openAPIV3Schema"]
        )
        for spec in (definition["spec"] for definition in definitions)
        for version in spec["versions"]
        if version["served"]
    }


def closed(schema: Any) -> Any:
    """The same, but what is not declared is refused: the server would drop it in silence."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(part) for key, part in schema.items()}
    is_object = schema.get("type") == "object" and isinstance(schema.get("properties"), dict)
    keeps = schema.get("x-kubernetes-preserve-unknown-fields")
    if is_object and not keeps and "additionalProperties" not in schema:
        found["additionalProperties"] = False
    return found


def faults(schemas: dict[Kind, Schema], objects: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A sentence for each thing that is wrong with an object, or for one without a schema."""
    for one in objects:
        name = f"{one['kind']} {one['metadata']['name']}"
        schema = schemas.get((one["apiVersion"], one["kind"]))
        if schema is None:
            yield f"{name}: no schema for {one['apiVersion']}"
            continue
        for error in jsonschema.Draft202012Validator(schema).iter_errors(one):
            place = "/".join(str(part) for part in error.absolute_path)
            yield f"{name}: {place}: {error.message}"
