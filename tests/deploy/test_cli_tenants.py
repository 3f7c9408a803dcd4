import json
import re
from pathlib import Path

import pytest

from libs.common.keys import Keys
from tests.deploy.conftest import Intnet
from tests.deploy.fake_services import FakeServices

ACME = ("tenant", "create", "--name", "Acme", "--profile", "intnet-iq")


def test_the_profile_says_what_the_operator_does_not(
    intnet: Intnet, services: FakeServices
) -> None:
    done = intnet(*ACME, "--tenant", "acme0001", "--json")
    assert done.exit_code == 0
    shown = json.loads(done.stdout)
    expected = {
        "tenant": "acme0001", "name": "Acme", "profile": "intnet-iq",
        "region": "US", "language": "en", "timezone": "America/New_York",
    }  # fmt: skip
    assert services.asked[-1][2] == expected
    assert shown.items() >= {**expected, "created": True}.items()


def test_what_the_operator_says_comes_before_the_profile(
    intnet: Intnet, services: FakeServices
) -> None:
    place = ("--region", "ae", "--language", "ar-AE", "--timezone", "Asia/Dubai")
    assert intnet(*ACME, *place).exit_code == 0
    new = services.asked[-1][2]
    assert (new["region"], new["language"], new["timezone"]) == ("AE", "ar-AE", "Asia/Dubai")


def test_a_random_id_has_keys_before_the_gateway_hears_of_it(
    intnet: Intnet, services: FakeServices, room: Path
) -> None:
    done = intnet(*ACME)
    (tenant,) = services.tenants
    assert re.fullmatch("[a-z0-9]{8,26}", tenant)
    assert done.stdout == f"Tenant {tenant} (Acme) is created.\n"
    assert Keys(room / "keys.json").has(tenant)
    assert (room / "keys.json").stat().st_mode & 0o777 == 0o600


def test_the_token_is_an_operators_for_the_gateway_and_the_platform(
    intnet: Intnet, services: FakeServices
) -> None:
    intnet(*ACME)
    assert {(who.role, who.tenant) for who, _, _ in services.asked} == {("operator", "platform")}


def test_run_again_it_changes_nothing(intnet: Intnet, services: FakeServices, room: Path) -> None:
    intnet(*ACME)
    keys, (tenant,) = (room / "keys.json").read_bytes(), services.tenants
    for again in (ACME, (*ACME, "--tenant", tenant), (*ACME, "--region", "US")):
        done = intnet(*again)
        assert (done.exit_code, done.stdout) == (0, f"Tenant {tenant} (Acme) is there already.\n")
    assert (room / "keys.json").read_bytes() == keys
    assert len(services.tenants) == 1


def test_another_profile_makes_another_agency_of_the_same_name(
    intnet: Intnet, services: FakeServices
) -> None:
    intnet(*ACME)
    intnet("tenant", "create", "--name", "Acme", "--profile", "interkey-connect")
    assert [t["region"] for t in services.tenants.values()] == ["US", "SA"]


def test_an_id_that_is_another_agencys_is_refused(intnet: Intnet, services: FakeServices) -> None:
    intnet(*ACME, "--tenant", "acme0001")
    other = ("tenant", "create", "--name", "Other", "--profile", "interkey-connect")
    done = intnet(*other, "--tenant", "acme0001")
    assert done.exit_code == 1
    assert "tenant acme0001 exists with another name, profile" in done.stderr
    assert services.tenants["acme0001"]["name"] == "Acme"


def test_of_two_agencies_of_one_name_the_fitting_one_is_meant(
    intnet: Intnet, services: FakeServices
) -> None:
    intnet(*ACME, "--tenant", "acme0001")
    intnet(*ACME, "--tenant", "acme0002", "--region", "CA")
    assert "acme0002 (Acme) is there already" in intnet(*ACME, "--region", "CA").stdout
    done = intnet(*ACME, "--region", "GB")
    assert done.exit_code == 1
    assert "exists with another region: to make one more, give another --tenant" in done.stderr


def test_no_keys_are_made_while_it_is_not_known_who_is_there(
    intnet: Intnet, services: FakeServices, room: Path
) -> None:
    services.tenants["acme0001"] = {}  # so that the list cannot be understood
    done = intnet(*ACME)
    assert done.exit_code == 1
    assert "does not understand" in done.stderr
    assert not (room / "keys.json").exists()


def test_a_refused_agency_keeps_its_id_for_the_next_try(
    intnet: Intnet, services: FakeServices, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> tuple[int, dict[str, object]]:
        return 507, {"detail": "There is no room for one more tenant."}

    monkeypatch.setattr(services, "_create", full)
    done = intnet(*ACME)
    assert done.exit_code == 1
    said = re.search(r"no room for one more tenant\. .*add --tenant ([a-z0-9]+)\.", done.stderr)
    assert said
    assert Keys(room / "keys.json").has(said[1])


def test_an_unknown_profile_is_an_error_that_lists_the_known(
    intnet: Intnet, services: FakeServices
) -> None:
    done = intnet("tenant", "create", "--name", "Acme", "--profile", "acme")
    assert done.exit_code == 2
    assert "the profiles are interkey-connect, intnet-iq" in done.stderr
    assert not services.asked


def test_unusable_particulars_are_wrong_usage(intnet: Intnet, services: FakeServices) -> None:
    wrong = {
        "--tenant": ("Short", "platform", "acme-0001"),
        "--region": ("UK", "USA"),
        "--language": ("english!", "EN"),
        "--timezone": ("Riyadh", "UTC+3"),
    }
    for option, values in wrong.items():
        for value in values:
            done = intnet(*ACME, option, value)
            assert done.exit_code == 2
            assert f"Invalid value for '{option}'" in done.stderr
    assert not services.asked


def test_the_list_shows_the_numbers_of_now(intnet: Intnet, services: FakeServices) -> None:
    intnet(*ACME, "--tenant", "acme0001")
    past = {"valid_from": "2020-01-01T00:00:00Z", "valid_to": "2021-01-01T00:00:00Z"}
    services.tenants["acme0001"]["numbers"] = [
        {"value": "+12025550100", **past},
        {"value": "+12025550101", "valid_from": "2020-01-01T00:00:00Z"},
    ]
    head, row = intnet("tenant", "list").stdout.splitlines()
    assert head.split()[:3] == ["Tenant", "Name", "Profile"]
    assert row.split()[:3] == ["acme0001", "Acme", "intnet-iq"]
    assert row.split()[3:] == ["US", "en", "America/New_York", "+12025550101"]
    (listed,) = json.loads(intnet("tenant", "list", "--json").stdout)
    assert len(listed["numbers"]) == 2


def test_names_are_no_markup(intnet: Intnet, services: FakeServices) -> None:
    intnet("tenant", "create", "--name", "[red]Acme[/red]", "--profile", "intnet-iq")
    assert "[red]Acme[/red]" in intnet("tenant", "list").stdout


def test_a_terminal_gets_no_escapes_where_no_color_is_set(
    intnet: Intnet, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    intnet(*ACME)
    monkeypatch.setenv("FORCE_COLOR", "1")  # as on a terminal
    assert "\x1b[" in intnet("tenant", "list").stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in intnet("tenant", "list").stdout


def test_a_narrow_terminal_still_shows_whole_ids(
    intnet: Intnet, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    intnet(*ACME, "--tenant", "abcdefghij0123456789")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    shown = intnet("tenant", "list").stdout
    assert "\u2026" not in shown
