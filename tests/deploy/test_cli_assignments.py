import json

import pytest

from tests.deploy.conftest import Intnet
from tests.deploy.fake_services import FakeServices

TENANT = "acme0001"
TOKEN = "t" * 43


@pytest.fixture(autouse=True)
def acme(intnet: Intnet, services: FakeServices) -> None:
    created = intnet(
        "tenant", "create", "--name", "Acme", "--profile", "intnet-iq", "--tenant", TENANT
    )
    assert created.exit_code == 0


def test_a_number_is_sent_in_e164(intnet: Intnet, services: FakeServices) -> None:
    done = intnet("number", "assign", "+1 (202) 555-0100", "--tenant", TENANT)
    assert services.asked[-1][2] == {"tenant": TENANT, "number": "+12025550100"}
    assert done.stdout == "+12025550100 belongs to acme0001 from 2026-03-01T12:00:00.000Z.\n"


def test_a_number_changes_hands_at_the_given_moment(intnet: Intnet, services: FakeServices) -> None:
    at = "2026-05-01T08:00:00+03:00"
    words = ("number", "assign", "+12025550100", "--tenant", TENANT, "--from", at, "--json")
    assert json.loads(intnet(*words).stdout) == {
        "tenant": TENANT, "value": "+12025550100", "valid_from": "2026-05-01T05:00:00.000Z",
    }  # fmt: skip
    assert services.asked[-1][2]["valid_from"] == at


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        ("2025550100", "Write the number with + and the country code"),
        ("+1202", "too few or too many digits"),
        ("+12025550100 ext 5", "give the number alone"),
        ("hotline", "no telephone number"),
    ],
)
def test_what_is_no_number_is_not_sent(
    intnet: Intnet, services: FakeServices, number: str, advice: str
) -> None:
    before = len(services.asked)
    done = intnet("number", "assign", number, "--tenant", TENANT)
    assert done.exit_code == 2
    assert advice in done.stderr
    assert len(services.asked) == before


@pytest.mark.parametrize("moment", ["tomorrow", "2026-05-01", "2026-05-01T08:00:00"])
def test_a_moment_has_an_offset(intnet: Intnet, moment: str) -> None:
    done = intnet("number", "assign", "+12025550100", "--tenant", TENANT, "--from", moment)
    assert done.exit_code == 2
    assert "Invalid value for '--from': write date, time and offset" in done.stderr


def test_a_connection_is_assigned(intnet: Intnet, services: FakeServices) -> None:
    done = intnet("connection", "assign", "1494404757140276705", "--tenant", TENANT)
    assert done.exit_code == 0
    assert services.asked[-1][1:] == (
        "POST /operator/v1/connections",
        {"tenant": TENANT, "connection_id": "1494404757140276705"},
    )


def test_a_messaging_profile_is_assigned(intnet: Intnet, services: FakeServices) -> None:
    profile = "16fd2706-8baf-433b-82eb-8c7fada847da"
    done = intnet("profile", "assign", profile, "--tenant", TENANT)
    assert done.stdout == f"{profile} belongs to acme0001 from 2026-03-01T12:00:00.000Z.\n"
    assert services.asked[-1][1:] == (
        "POST /operator/v1/profiles",
        {"tenant": TENANT, "profile_id": profile},
    )


def test_an_unknown_tenant_is_the_gateways_to_refuse(intnet: Intnet) -> None:
    done = intnet("connection", "assign", "1494404757140276705", "--tenant", "nobody01")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "intnet: gateway: There is no such tenant.\n"


def test_an_invitation_is_a_link_alone_on_its_line(intnet: Intnet, services: FakeServices) -> None:
    done = intnet("admin", "invite", "amal@example.com", "--tenant", TENANT)
    assert done.stdout == f"https://console.example.com/invitation#{TOKEN}\n"
    assert "Good once, until 2026-03-08T12:00:00.000Z" in done.stderr
    assert services.asked[-1][2] == {
        "tenant": TENANT, "email": "amal@example.com", "role": "admin",
    }  # fmt: skip


def test_a_reset_is_a_link_alone_on_its_line(intnet: Intnet, services: FakeServices) -> None:
    words = ("admin", "reset", "amal@example.com", "--tenant", TENANT)
    done = intnet(*words)
    assert done.stdout == f"https://console.example.com/reset#{TOKEN}\n"
    assert "Good once, until 2026-03-01T12:00:00.000Z" in done.stderr
    assert services.asked[-1][1:] == (
        "POST /operator/v1/resets",
        {"tenant": TENANT, "email": "amal@example.com"},
    )
    shown = json.loads(intnet(*words, "--json").stdout)
    assert set(shown) == {"tenant", "email", "link", "expires_at"}
    nobody = intnet("admin", "reset", "amal@example.com", "--tenant", "nobody01")
    assert (nobody.exit_code, nobody.stdout) == (1, "")


def test_a_role_is_read_in_any_case(intnet: Intnet, services: FakeServices) -> None:
    words = ("admin", "invite", "omar@example.com", "--tenant", TENANT)
    shown = json.loads(intnet(*words, "--role", "AGENT", "--json").stdout)
    assert services.asked[-1][2]["role"] == "agent"
    assert set(shown) == {"tenant", "email", "role", "link", "expires_at"}
    assert intnet(*words, "--role", "auditor").exit_code == 0
    assert services.asked[-1][2]["role"] == "auditor"
    assert intnet(*words, "--role", "Owner").exit_code == 2
