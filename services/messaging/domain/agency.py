"""What is an agency's at a moment."""

from collections.abc import Iterable
from datetime import datetime

from libs.common.events.tenants import Assignment, TenantSaved


def held(assignments: Iterable[Assignment], at: datetime) -> list[str]:
    """The values (numbers, messaging profiles) that are its own at `at`, in their order."""
    return [
        one.value
        for one in assignments
        if one.valid_from <= at and (one.valid_to is None or at < one.valid_to)
    ]


def profile_of(tenant: TenantSaved, at: datetime) -> str | None:
    """The messaging profile that it sends by at `at`; None where it has none."""
    return next(iter(held(tenant.messaging_profiles, at)), None)
