"""The tenants as `tenants.v1` tells them, in memory, in every process."""

from collections.abc import Iterator

from libs.common.events import TenantClosed, TenantSaved
from libs.common.keys import PLATFORM


class UnknownTenant(LookupError):
    """No such tenant, or not yet: its event may still be on its way."""


class Tenants:
    """The last known state of each tenant; the highest version counts.

    `changes` grows with each change, for those who keep something derived from it.
    """

    def __init__(self) -> None:
        self._open: dict[str, TenantSaved] = {PLATFORM: _platform()}
        self._closed: set[str] = set()
        self.changes = 0

    def put(self, fact: TenantSaved | TenantClosed) -> bool:
        """Takes in a fact; says whether it changed anything."""
        changed = self._close(fact.tenant) if isinstance(fact, TenantClosed) else self._save(fact)
        self.changes += changed
        return changed

    def _close(self, tenant: str) -> bool:
        self._closed.add(tenant)
        return self._open.pop(tenant, None) is not None

    def _save(self, fact: TenantSaved) -> bool:
        known = self._open.get(fact.tenant)
        if fact.tenant in self._closed or (known and known.version >= fact.version):
            return False
        self._open[fact.tenant] = fact
        return True

    def get(self, tenant: str) -> TenantSaved:
        """The tenant's state. Raises UnknownTenant."""
        try:
            return self._open[tenant]
        except KeyError:
            raise UnknownTenant("unknown tenant") from None

    def has_left(self, tenant: str) -> bool:
        """Whether it was a tenant and is none any more."""
        return tenant in self._closed

    def __iter__(self) -> Iterator[TenantSaved]:
        return (fact for fact in self._open.values() if fact.tenant != PLATFORM)

    def __len__(self) -> int:
        return len(self._open) - 1


def _platform() -> TenantSaved:
    """The platform's own scope, for what no tenant owns."""
    return TenantSaved(
        tenant=PLATFORM, version=0, name=PLATFORM, profile=PLATFORM, region="ZZ", language="en"
    )
