"""Whose event is this? The owner of our side of a call or a text, at its moment.

The order is `to`, else `from`, else the connection, else the messaging profile. Where both
numbers are ours and belong to different tenants, the connection decides between the two; where a
text goes to numbers of several tenants, the profile does, since each gets a webhook of its own.
Nothing is guessed: no owner or two owners means unrouted.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from libs.common.events import Assignment, TenantSaved
from libs.common.phone import normalise


class Unrouted(StrEnum):
    """Why an event has no tenant."""

    NONE = "none"
    TWO = "two"


@dataclass(frozen=True)
class Ends:
    """What an event tells about its owner; numbers are as the provider wrote them.

    `also_to` are the other recipients of a text to a group.
    """

    at: datetime
    to: str | None = None
    origin: str | None = None
    connection: str | None = None
    messaging_profile: str | None = None
    also_to: tuple[str, ...] = ()


class Owned(StrEnum):
    """What a tenant can own."""

    NUMBER = "number"
    CONNECTION = "connection"
    PROFILE = "messaging profile"


@dataclass(frozen=True)
class _Claim:
    tenant: str
    during: Assignment


class Routes:
    """The tenants and what is theirs. The highest version of a tenant counts."""

    def __init__(self, states: Iterable[TenantSaved] = ()) -> None:
        self._tenants: dict[str, TenantSaved] = {}
        self._claims: dict[tuple[Owned, str], list[_Claim]] = defaultdict(list)
        for state in states:
            self.save(state)

    def save(self, state: TenantSaved) -> None:
        """Takes over a tenant's state, unless a newer one is known."""
        known = self._tenants.get(state.tenant)
        if known is not None and known.version > state.version:
            return
        self.close(state.tenant)
        self._tenants[state.tenant] = state
        for kind, value, assignment in _assignments(state):
            self._claims[kind, value].append(_Claim(state.tenant, assignment))

    def close(self, tenant: str) -> None:
        """Forgets a tenant."""
        state = self._tenants.pop(tenant, None)
        if state is None:
            return
        for kind, value, _ in _assignments(state):
            rest = [
                claim for claim in self._claims.pop((kind, value), []) if claim.tenant != tenant
            ]
            if rest:
                self._claims[kind, value] = rest

    def tenant(self, tenant: str) -> TenantSaved | None:
        """The state of a known tenant."""
        return self._tenants.get(tenant)

    def route(self, ends: Ends) -> TenantSaved | Unrouted:
        """The one tenant whose event it is, or why there is none."""
        to, origin = (self._of_number(raw, ends.at) for raw in (ends.to, ends.origin))
        connection = self._owners(Owned.CONNECTION, ends.connection, ends.at)
        if to and origin and to != origin:
            return self._only(((to | origin) & connection) or (to | origin))
        profile = self._owners(Owned.PROFILE, ends.messaging_profile, ends.at)
        if ends.also_to:
            to = to.union(*(self._of_number(raw, ends.at) for raw in ends.also_to))
            to = (to & profile) or to
        return self._only(to or origin or connection or profile)

    def _only(self, owners: set[str]) -> TenantSaved | Unrouted:
        if len(owners) == 1:
            return self._tenants[next(iter(owners))]
        return Unrouted.TWO if owners else Unrouted.NONE

    def _owners(self, kind: Owned, value: str | None, at: datetime) -> set[str]:
        claims = self._claims.get((kind, value), ()) if value else ()
        return {claim.tenant for claim in claims if _holds(claim.during, at)}

    def _of_number(self, raw: str | None, at: datetime) -> set[str]:
        """Owners of a number; one without a country code counts per tenant, in its own region."""
        user = _user(raw)
        if user is None:
            return set()
        if user.startswith("+"):
            return self._owners(Owned.NUMBER, user, at)
        owners = self._owners(Owned.NUMBER, "+" + user, at)
        for region in {state.region for state in self._tenants.values()}:
            found = self._owners(Owned.NUMBER, normalise(user, region), at)
            owners |= {tenant for tenant in found if self._tenants[tenant].region == region}
        return owners


def _assignments(state: TenantSaved) -> Iterator[tuple[Owned, str, Assignment]]:
    for number in state.numbers:
        yield Owned.NUMBER, _user(number.value) or number.value, number
    for connection in state.connections:
        yield Owned.CONNECTION, connection.value, connection
    for profile in state.messaging_profiles:
        yield Owned.PROFILE, profile.value, profile


def _holds(assignment: Assignment, at: datetime) -> bool:
    ended = assignment.valid_to is not None and assignment.valid_to <= at
    return assignment.valid_from <= at and not ended


_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_FORMATTING = str.maketrans("", "", " -().")


def _user(raw: str | None) -> str | None:
    """The digits of a number or SIP URI, `+` first where it names its country, else None."""
    if raw is None:
        return None
    user = re.sub(r"^(sips?|tel):", "", raw.strip(), flags=re.IGNORECASE)
    digits = re.split(r"[@;]", user, maxsplit=1)[0].translate(_FORMATTING)
    if not _NUMBER.fullmatch(digits):
        return None
    return "+" + digits[2:] if digits.startswith("00") else digits
