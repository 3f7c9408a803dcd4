"""What is an agency's at a moment."""

from collections.abc import Iterable
from datetime import datetime

from libs.common.events.tenants import Assignment


def held(assignments: Iterable[Assignment], at: datetime) -> list[str]:
    """The values (numbers, messaging profiles) that are its own at `at`, in their order."""
    return [
        one.value
        for one in assignments
        if one.valid_from <= at and (one.valid_to is None or at < one.valid_to)
    ]
