"""The environment variables of every service as a page for people."""

import importlib
from collections.abc import Iterable, Iterator
from inspect import cleandoc
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from deploy.schemas.wiring import ROOT
from libs.common.bus.topics import SERVICES
from libs.common.settings import Settings

Part = dict[str, Any]

_HEAD = """\
# Settings

Written by `make schemas`; edit `libs/common/settings.py` and the `settings.py` of the services
instead. A service reads its environment once, when it starts; an empty variable is an absent one.
What is missing or cannot be used ends the start with one sentence that names the variables.

## Every service

`<SERVICE>` stands for the service's own name in capitals, such as `MATCHER_PORT`.

"""

_COLUMNS = ("Variable", "Type", "Default", "Meaning")
_TYPES = {
    "string": "text",
    "boolean": "true or false",
    "array": "JSON list",
    "object": "JSON object",
}


def page(services: Iterable[str] = SERVICES) -> str:
    """The whole page: what all services share, then each one's own."""
    there = (name for name in services if (ROOT / "services" / name / "settings.py").is_file())
    shared = _HEAD + _table(Settings, Settings.model_fields, prefix="<SERVICE>_")
    return "\n".join([shared, *(_section(name, settings_of(name)) for name in there)])


def settings_of(service: str) -> type[Settings]:
    """The class that reads this service's environment."""
    found: type[Settings] = importlib.import_module(f"services.{service}.settings").Settings
    return found


def variable(name: str, field: FieldInfo, prefix: str) -> str:
    """The environment variable of a field: a plain shared name, or one with the prefix."""
    alias = field.validation_alias
    return alias if isinstance(alias, str) else f"{prefix}{name.upper()}"


def _section(service: str, settings: type[Settings]) -> str:
    own = [name for name in settings.model_fields if name not in Settings.model_fields]
    prefix = str(settings.model_config.get("env_prefix", ""))
    told = f"## {service}\n\n{cleandoc(settings.__doc__ or '')}\n"
    return f"{told}\n{_table(settings, own, prefix)}" if own else told


def _table(settings: type[Settings], names: Iterable[str], prefix: str) -> str:
    rows = [_COLUMNS, ("---",) * len(_COLUMNS), *_rows(settings, names, prefix)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _rows(settings: type[Settings], names: Iterable[str], prefix: str) -> Iterator[tuple[str, ...]]:
    parts = settings.model_json_schema()["properties"]
    for name in names:
        field = settings.model_fields[name]
        part = parts[field.validation_alias or name]
        yield (
            f"`{variable(name, field, prefix)}`",
            type_of(part),
            "required" if field.is_required() else _default(field.default),
            field.description or "",
        )


def type_of(part: Part) -> str:
    """A JSON Schema in a few words."""
    if "anyOf" in part:
        return type_of(next(way for way in part["anyOf"] if way.get("type") != "null"))
    if "enum" in part:
        return " or ".join(f"`{value}`" for value in part["enum"])
    if part["type"] in {"integer", "number"}:
        return " ".join(["number", *_bounds(part)])
    return str(part.get("format") or _TYPES[part["type"]])


def _bounds(part: Part) -> Iterator[str]:
    if "minimum" in part:
        yield f"from {part['minimum']}"
    if "maximum" in part:
        yield f"to {part['maximum']}"


def _default(value: object) -> str:
    if isinstance(value, Path) and value.is_relative_to(ROOT):
        value = value.relative_to(ROOT)
    return "none" if value is None else f"`{value}`"
