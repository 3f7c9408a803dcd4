"""Texts with gaps: `Dear {name}, your policy ends on {date}.`"""

import re
from collections.abc import Mapping
from typing import Final

_GAP: Final = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}")


class Missing(ValueError):
    """Values that a template needs and was not given; `names` are those of their gaps."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"give a value for each of {', '.join(names)}")
        self.names = names


def placeholders_of(text: str) -> tuple[str, ...]:
    """The names of the gaps, each once, in the order of the text. Other braces are only text."""
    return tuple(dict.fromkeys(_GAP.findall(text)))


def render(text: str, values: Mapping[str, str]) -> str:
    """The text with its gaps filled. A value is never taken for a template itself.

    Raises Missing.
    """
    missing = tuple(name for name in placeholders_of(text) if name not in values)
    if missing:
        raise Missing(missing)
    return _GAP.sub(lambda gap: values[gap[1]], text)
