"""Reads one JSON object field by field; what cannot be used is refused by its name."""

import re
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from pydantic import JsonValue

from services.ingest.domain.refusal import NotUnderstood, Why

Moment = Annotated[datetime, msgspec.Meta(tz=True)]

_LONGEST = 256
_IDENTIFIER = re.compile(r"[\x21-\x7e]{1,128}")
_WORD = re.compile(r"[\x20-\x7e]{1,64}")
_YEARS = range(2000, 2200)
_MOST = 10**9
_WIDEST = 10


class Fields:
    """The fields of an object; absent and null are the same."""

    def __init__(self, values: dict[str, JsonValue], path: str = "") -> None:
        self._values = values
        self._path = path

    def raw(self, name: str) -> JsonValue:
        """The value as it is."""
        return self._values.get(name)

    def nested(self, name: str) -> "Fields":
        """The object of this name; it must be there."""
        value = self._values.get(name)
        if not isinstance(value, dict):
            raise self.unusable(name)
        return Fields(value, f"{self._path}{name}.")

    def text(self, name: str) -> str | None:
        """Text without NUL; blank is absent."""
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or len(value) > _LONGEST:
            raise self.unusable(name)
        return value.replace("\0", "").strip() or None

    def prose(self, name: str) -> str | None:
        """What a person wrote, to the letter and of any length; empty is absent."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, str):
            raise self.unusable(name)
        return value or None

    def identifier(self, name: str) -> str:
        """Visible ASCII, fit for a record key; it must be there."""
        value = self.optional_identifier(name)
        if value is None:
            raise self.unusable(name)
        return value

    def optional_identifier(self, name: str) -> str | None:
        """An identifier, if there is one."""
        return self._matching(name, _IDENTIFIER)

    def word(self, name: str) -> str | None:
        """A short code of the provider; its set of values is open."""
        return self._matching(name, _WORD)

    def moment(self, name: str) -> datetime | None:
        """RFC 3339 with an offset, as UTC."""
        text = self.text(name)
        if text is None:
            return None
        try:
            moment = msgspec.convert(text, Moment).astimezone(UTC)
        except (msgspec.ValidationError, OverflowError):
            raise self.unusable(name) from None
        if moment.year not in _YEARS:
            raise self.unusable(name)
        return moment

    def count(self, name: str) -> int | None:
        """A whole number that is not negative; digits as text count too."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _WIDEST:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
            raise self.unusable(name)
        return value

    def unusable(self, name: str) -> NotUnderstood:
        """The refusal that names this field."""
        return NotUnderstood(Why.FIELD, f"{self._path}{name}")

    def _matching(self, name: str, pattern: re.Pattern[str]) -> str | None:
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise self.unusable(name)
        return value
