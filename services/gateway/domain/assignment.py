"""Whose a number, a connection or a messaging profile is, and from when."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from libs.common.events import Assignment, TenantSaved

Kind = Literal["numbers", "connections", "messaging_profiles"]


class Taken(ValueError):
    """The value is somebody's at or after the moment from which it should change hands."""


def assign(
    owner: TenantSaved, others: Iterable[TenantSaved], kind: Kind, value: str, at: datetime
) -> list[TenantSaved]:
    """The tenants that change when `value` is `owner`'s from `at` on.

    The assignment in force at `at` ends there, so that at every moment the value has one owner.
    Raises Taken where a later assignment stands in the way.
    """
    if any(_in_force(held, value, at) for held in _held(owner, kind)):
        return []
    changed = [
        _with(other, kind, after)
        for other in others
        if other.tenant != owner.tenant
        and (after := _ended(_held(other, kind), value, at)) != _held(other, kind)
    ]
    own = (*_ended(_held(owner, kind), value, at), Assignment(value=value, valid_from=at))
    return [*changed, _with(owner, kind, own)]


def _in_force(held: Assignment, value: str, at: datetime) -> bool:
    return held.value == value and held.valid_from <= at and held.valid_to is None


def _ended(held: tuple[Assignment, ...], value: str, at: datetime) -> tuple[Assignment, ...]:
    """The assignments, those of the value ended at `at`."""
    if any(h.value == value and h.valid_from >= at for h in held):
        raise Taken("it is assigned from a later moment already: give a later valid_from")
    return tuple(
        h.model_copy(update={"valid_to": at}) if h.value == value and _reaches(h, at) else h
        for h in held
    )


def _reaches(held: Assignment, at: datetime) -> bool:
    return held.valid_to is None or held.valid_to > at


def _held(tenant: TenantSaved, kind: Kind) -> tuple[Assignment, ...]:
    held: tuple[Assignment, ...] = getattr(tenant, kind)
    return held


def _with(tenant: TenantSaved, kind: Kind, held: tuple[Assignment, ...]) -> TenantSaved:
    return tenant.model_copy(update={kind: held, "version": tenant.version + 1})
