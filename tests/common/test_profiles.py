from zoneinfo import available_timezones

import phonenumbers
import pytest
from pydantic import ValidationError

from libs.common import profiles
from libs.common.profiles import Contact, Profile, UnknownProfile


def test_there_are_two_operators() -> None:
    assert profiles.names() == ("interkey-connect", "intnet-iq")


@pytest.mark.parametrize("name", profiles.names())
def test_a_profile_is_named_as_its_file_and_has_usable_defaults(name: str) -> None:
    profile = profiles.load(name)
    assert profile.id == name
    assert profile.timezone in available_timezones()
    assert {profile.region, profile.jurisdiction} <= phonenumbers.SUPPORTED_REGIONS


def test_intnet_iq_processes_for_agencies_in_the_us() -> None:
    profile = profiles.load("intnet-iq")
    assert (profile.jurisdiction, profile.region, profile.language) == ("US", "US", "en")
    assert (profile.timezone, profile.role) == ("America/New_York", "processor")
    assert profile.contact.email == "privacy@retention.app"


def test_interkey_connect_is_under_saudi_law() -> None:
    profile = profiles.load("interkey-connect")
    assert (profile.jurisdiction, profile.region, profile.language) == ("SA", "SA", "ar")
    assert (profile.timezone, profile.role) == ("Asia/Riyadh", "controller")
    assert profile.contact.address
    assert profile.contact.address.endswith("Riyadh, Saudi Arabia")


@pytest.mark.parametrize("name", ["", "acme", "../profiles/intnet-iq", "intnet-iq.yaml"])
def test_an_unknown_profile_is_an_error_that_lists_the_known(name: str) -> None:
    with pytest.raises(UnknownProfile, match="the profiles are interkey-connect, intnet-iq"):
        profiles.load(name)


def test_nobody_is_left_without_a_way_to_write() -> None:
    with pytest.raises(ValidationError, match="an e-mail or a postal address"):
        Contact(name="Acme")


def changed(**parts: object) -> Profile:
    return Profile.model_validate(profiles.load("intnet-iq").model_dump() | parts)


def test_a_profile_that_leaves_something_out_is_refused() -> None:
    whole = profiles.load("intnet-iq")
    for part in ("purposes", "categories"):
        said = dict(getattr(whole, part))
        name, value = said.popitem()
        with pytest.raises(ValidationError, match=f"{part}: missing, .*{name}"):
            changed(**{part: said})
        odd = {**said, name: value, "to sell it": value}
        with pytest.raises(ValidationError, match=f"{part}: .*to sell it"):
            changed(**{part: odd})
    with pytest.raises(ValidationError, match="Input should be"):
        changed(purposes=dict.fromkeys(whole.purposes, "habit"))


def test_nobody_gets_data_who_is_not_registered() -> None:
    whole = profiles.load("intnet-iq").model_dump()
    registered = dict(whole["recipients"])
    registered.pop("telnyx")
    with pytest.raises(ValidationError, match="not registered, or without data: telnyx"):
        changed(recipients=registered)
    idle = whole["recipients"] | {"broker": whole["recipients"]["telnyx"]}
    with pytest.raises(ValidationError, match="not registered, or without data: broker"):
        changed(recipients=idle)
