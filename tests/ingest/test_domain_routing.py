from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.events import Assignment, TenantSaved
from services.ingest.domain.routing import Ends, Routes, Unrouted

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OURS, THEIRS = "+12025550131", "+966500000001"
CUSTOMER = "+15125550142"


def during(value: str, start: datetime = NOON, end: datetime | None = None) -> Assignment:
    return Assignment(value=value, valid_from=start, valid_to=end)


def tenant(name: str, *numbers: Assignment, version: int = 1, **more: object) -> TenantSaved:
    basics = {"name": name, "profile": "p", "region": "US", "language": "en"}
    return TenantSaved.model_validate(
        {"tenant": name, "version": version, "numbers": numbers, **basics, **more}
    )


IQ = tenant(
    "intnetiq",
    during(OURS),
    connections=[during("2963572552552678752")],
    messaging_profiles=[during("740572b6-099c-44a1-89b9-6c92163bc68d")],
)
CONNECT = tenant(
    "interkey",
    during(THEIRS),
    region="SA",
    connections=[during("1684641123236054244")],
)
ROUTES = Routes([IQ, CONNECT])


def owner(
    to: str | None = None,
    origin: str | None = None,
    connection: str | None = None,
    profile: str | None = None,
) -> str:
    found = ROUTES.route(Ends(NOON, to, origin, connection, profile))
    return found.value if isinstance(found, Unrouted) else found.tenant


@pytest.mark.parametrize(
    "to",
    [
        "+12025550131",
        "+1-202-555-0131",
        "+1 (202) 555-0131",
        "0012025550131",
        "12025550131",
        "2025550131",
        "202-555-0131",
        "+12025550131@us.icp.telnyx.com:5060",
        "sip:+12025550131@us.icp.telnyx.com;user=phone",
        "tel:+1-202-555-0131",
    ],
)
def test_our_number_is_known_in_every_format(to: str) -> None:
    assert owner(to) == "intnetiq"


@pytest.mark.parametrize("to", ["+966500000001", "966500000001", "0500000001", "500000001"])
def test_a_national_number_counts_in_its_own_tenants_region(to: str) -> None:
    assert owner(to) == "interkey"


def test_a_national_number_is_not_read_in_another_tenants_region() -> None:
    routes = Routes([tenant("one", during(OURS), region="SA"), CONNECT])
    assert routes.route(Ends(NOON, to="2025550131")) is Unrouted.NONE


def test_one_national_number_of_two_tenants_is_not_guessed() -> None:
    """0500000001 is a mobile in Saudi Arabia and in the Emirates."""
    emirates = tenant("emirates", during("+971500000001"), region="AE")
    routes = Routes([emirates, CONNECT])
    assert routes.route(Ends(NOON, to="0500000001")) is Unrouted.TWO


def test_to_else_from_else_connection_else_profile() -> None:
    assert owner(OURS, CUSTOMER, "1684641123236054244") == "intnetiq"
    assert owner(CUSTOMER, OURS, "1684641123236054244") == "intnetiq"
    assert owner(CUSTOMER, None, "1684641123236054244") == "interkey"
    assert owner(profile="740572b6-099c-44a1-89b9-6c92163bc68d") == "intnetiq"


@pytest.mark.parametrize("to", [None, "", "anonymous", "sip:agent@example.com", "+", "1" * 40])
def test_nobody_owns_it(to: str | None) -> None:
    assert owner(to, CUSTOMER, "1", "2") == "none"


def test_a_call_between_two_tenants_goes_by_its_connection() -> None:
    assert owner(OURS, THEIRS, "2963572552552678752") == "intnetiq"
    assert owner(OURS, THEIRS, "1684641123236054244") == "interkey"
    assert owner(OURS, THEIRS) == "two"
    assert owner(OURS, OURS) == "intnetiq"


@pytest.mark.parametrize("others", [(CUSTOMER,), (THEIRS, CUSTOMER), (OURS,), ("anonymous",)])
def test_a_text_to_a_group_goes_by_our_number_and_among_ours_by_its_profile(
    others: tuple[str, ...],
) -> None:
    profile = "740572b6-099c-44a1-89b9-6c92163bc68d"
    assert ROUTES.route(Ends(NOON, OURS, also_to=others, messaging_profile=profile)) == IQ
    assert (
        ROUTES.route(Ends(NOON, CUSTOMER, also_to=(OURS, *others), messaging_profile=profile)) == IQ
    )


def test_a_text_to_numbers_of_two_tenants_is_not_guessed() -> None:
    assert ROUTES.route(Ends(NOON, OURS, also_to=(THEIRS,))) is Unrouted.TWO
    other = Ends(NOON, OURS, also_to=(THEIRS,), messaging_profile="of somebody else")
    assert ROUTES.route(other) is Unrouted.TWO


def test_a_number_of_two_tenants_is_not_guessed() -> None:
    routes = Routes([IQ, tenant("other", during(OURS))])
    assert routes.route(Ends(NOON, to=OURS)) is Unrouted.TWO


@pytest.mark.parametrize(
    ("hours", "expected"), [(-1, Unrouted.NONE), (0, "first"), (1, "second"), (2, Unrouted.NONE)]
)
def test_the_moment_of_the_call_decides(hours: int, expected: str) -> None:
    first = tenant("first", during(OURS, NOON, NOON + HOUR))
    second = tenant("second", during(OURS, NOON + HOUR, NOON + 2 * HOUR))
    found = Routes([first, second]).route(Ends(NOON + hours * HOUR, to=OURS))
    assert (found if isinstance(found, Unrouted) else found.tenant) == expected


def test_a_newer_state_replaces_and_an_older_one_does_not() -> None:
    routes = Routes([IQ])
    routes.save(tenant("intnetiq", during("+12025550199"), version=2))
    routes.save(IQ)
    assert routes.route(Ends(NOON, to=OURS)) is Unrouted.NONE
    assert routes.route(Ends(NOON, to="+12025550199")) == routes.tenant("intnetiq")


def test_a_closed_tenant_owns_nothing_and_others_keep_theirs() -> None:
    other = tenant("other", during(OURS))
    routes = Routes([IQ, other])
    routes.close("intnetiq")
    routes.close("intnetiq")
    assert routes.tenant("intnetiq") is None
    assert routes.route(Ends(NOON, to=OURS)) == other


def test_an_assignment_with_formatting_is_found() -> None:
    routes = Routes([tenant("one", during("+1 202 555 0131"))])
    assert routes.route(Ends(NOON, to=OURS)) == routes.tenant("one")


@given(st.text(), st.text(), st.text())
def test_no_text_raises(to: str, origin: str, connection: str) -> None:
    assert isinstance(ROUTES.route(Ends(NOON, to, origin, connection)), TenantSaved | Unrouted)
