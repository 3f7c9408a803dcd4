"""Which purpose an act can be about."""

from collections.abc import Mapping
from typing import Final

from services.consent.domain.ledger.record import PURPOSES, Action, Subject

_FITTING: Final[Mapping[Action, tuple[Subject, ...]]] = {
    "grant": PURPOSES,
    "withdraw": (*PURPOSES, "all"),
    "object": ("profiling",),
    "end_objection": ("profiling",),
    "suspect": ("marketing",),
    "clear": ("marketing",),
    "restrict": ("all",),
    "end_restriction": ("all",),
}


class Unfit(ValueError):
    """The act cannot be about this purpose; the text says what to do."""


def fitting(action: Action, purpose: Subject | None) -> Subject:
    """The purpose as given, or the only one there is. Raises Unfit."""
    known = _FITTING[action]
    if purpose in known:
        return purpose
    if purpose is None and len(known) == 1:
        return known[0]
    if len(known) > 1:
        raise Unfit(f"Name the purpose: {', '.join(known)}.")
    if known[0] == "all":
        raise Unfit("This is about all data of the person. Leave the purpose out.")
    advice = "" if known[0] == "marketing" else " To refuse messages, record a withdrawal."
    raise Unfit(f"This is about {known[0]} alone.{advice}")
