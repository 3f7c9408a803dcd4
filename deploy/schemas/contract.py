"""From an event class to its JSON Schema, with what the class says about persons."""

from collections.abc import Iterable, Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from deploy.schemas.kinds import Kind, key_of, topic_of, urn_of
from libs.common.events import Envelope, Personal

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ENVELOPE_URN = "urn:intnet:event:envelope:v1"


def of_kind(kind: Kind) -> JsonSchemaValue:
    """The schema of the data, named as the envelope's `dataschema` names it."""
    made = kind.model_json_schema(mode="serialization", schema_generator=_Contract)
    fixed = {"title": kind.TYPE, "x-topic": topic_of(kind).name, "x-key": key_of(kind)}
    return {"$schema": DIALECT, "$id": urn_of(kind)} | made | fixed


def of_envelope() -> JsonSchemaValue:
    """The schema of what is around the data."""
    made = Envelope.model_json_schema(mode="serialization", schema_generator=_Contract)
    return {"$schema": DIALECT, "$id": ENVELOPE_URN} | made


def components(
    models: Iterable[type[BaseModel]], ref_template: str = "#/components/schemas/{model}"
) -> dict[str, JsonSchemaValue]:
    """All classes and their parts by name, each once; as for AsyncAPI where no other is asked."""
    _, made = models_json_schema(
        [(model, "serialization") for model in models],
        ref_template=ref_template,
        schema_generator=_Contract,
    )
    schemas: dict[str, JsonSchemaValue] = made.get("$defs", {})
    return schemas


class _Contract(GenerateJsonSchema):
    """Adds `x-personal` to fields, and leaves out titles that only repeat a field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's hook
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        made = super().model_schema(schema)
        for name, field in schema["cls"].model_fields.items():
            shown = made["properties"].get(field.serialization_alias or name)
            if shown is not None and (mark := personal(field)):
                shown["x-personal"] = as_said(mark)
        return made


def as_said(mark: Personal) -> dict[str, str]:
    """A mark as JSON."""
    return {"category": mark.category, "purpose": mark.purpose, "form": mark.form}


def personal(field: FieldInfo) -> Personal | None:
    """What a field says about itself, wherever in its type it stands."""
    said = (*field.metadata, *_parts(field.annotation))
    return next((mark for mark in said if isinstance(mark, Personal)), None)


def _parts(annotation: object) -> Iterator[object]:
    for part in get_args(annotation):
        yield part
        yield from _parts(part)
