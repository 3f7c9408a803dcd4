"""Tenants: the whole state of each, written by operators, read by every service."""

from typing import ClassVar

from pydantic import AwareDatetime

from libs.common.events.base import Event, Fact


class Assignment(Fact):
    """A number, connection or messaging profile that is a tenant's in `[valid_from, valid_to)`."""

    value: str
    valid_from: AwareDatetime
    valid_to: AwareDatetime | None = None


class TenantSaved(Event):
    """A tenant as it is now; the highest `version` counts.

    `region` is ISO 3166-1 alpha-2, `language` BCP 47, `timezone` IANA, `numbers` are E.164.
    """

    TYPE: ClassVar[str] = "tenant.saved"
    TOPIC: ClassVar[str] = "tenants.v1"

    tenant: str
    version: int
    name: str
    profile: str
    region: str
    language: str
    timezone: str = "UTC"
    numbers: tuple[Assignment, ...] = ()
    connections: tuple[Assignment, ...] = ()
    messaging_profiles: tuple[Assignment, ...] = ()

    def about(self) -> str:
        """The tenant."""
        return self.tenant


class TenantClosed(Event):
    """The tenant has left: its collections go."""

    TYPE: ClassVar[str] = "tenant.closed"
    TOPIC: ClassVar[str] = "tenants.v1"

    tenant: str

    def about(self) -> str:
        """The tenant."""
        return self.tenant
