"""What the files beside this module have in common: strict YAML, with clear complaints."""

import re
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Annotated, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

_HOUR = re.compile(r"\d{2}:\d{2}")


class BadData(ValueError):
    """A file that cannot be used; the message names each wrong field."""


class Part(BaseModel):
    """Part of such a file: frozen, and strict about unknown fields and types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _hour(value: object) -> object:
    # YAML reads 21:00 without quotation marks as 1260.
    if not (isinstance(value, str) and _HOUR.fullmatch(value)):
        raise ValueError('write the time of day in quotation marks, as "21:00"')
    return time.fromisoformat(value)


def _amount(value: object) -> object:
    # YAML reads 0.004 without quotation marks as a binary fraction, which it is not.
    if not isinstance(value, str):
        raise ValueError('write the amount in quotation marks, as "0.00400"')
    try:
        return Decimal(value)
    except InvalidOperation:
        raise ValueError('write the amount in digits, as "0.00400"') from None


Hour = Annotated[time, BeforeValidator(_hour)]
"""A time of day, local."""

Amount = Annotated[Decimal, BeforeValidator(_amount), Field(ge=0)]
"""An amount of money, exact, and not negative."""

P = TypeVar("P", bound=Part)


def read(kind: type[P], text: str, name: str) -> P:
    """Reads a file that people call `name`. Raises BadData."""
    try:
        return kind.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise BadData(f"{name}: this is no YAML: {error}") from None
    except ValidationError as error:
        raise BadData(f"{name}: this cannot be used: {_faults(error)}") from None


def _faults(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'it'}: {e['msg']}" for e in error.errors())
