"""The table of tenants: the highest version counts."""

from itertools import permutations

import pytest

from libs.common.events import TenantClosed, TenantSaved
from libs.common.keys import PLATFORM
from libs.common.tenants import Tenants, UnknownTenant


def saved(version: int, name: str = "Agency") -> TenantSaved:
    return TenantSaved(
        tenant="agencyaaa",
        version=version,
        name=name,
        profile="intnet-iq",
        region="US",
        language="en",
    )


def test_in_any_order_the_highest_version_stays() -> None:
    for order in permutations([saved(1), saved(2, "Newer"), saved(3, "Newest")]):
        tenants = Tenants()
        for fact in order:
            tenants.put(fact)
        assert tenants.get("agencyaaa").name == "Newest"
        assert [t.tenant for t in tenants] == ["agencyaaa"]


def test_a_closed_tenant_does_not_come_back() -> None:
    tenants = Tenants()
    tenants.put(saved(1))
    assert tenants.put(TenantClosed(tenant="agencyaaa"))
    assert not tenants.put(saved(9))
    with pytest.raises(UnknownTenant):
        tenants.get("agencyaaa")
    assert tenants.has_left("agencyaaa")
    assert not tenants.has_left("agencybbb")


def test_the_platforms_own_scope_is_no_tenant() -> None:
    tenants = Tenants()
    assert tenants.get(PLATFORM).tenant == PLATFORM
    assert len(tenants) == 0
    assert list(tenants) == []
