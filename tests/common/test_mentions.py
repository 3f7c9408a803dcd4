"""A person is found in a text by code, and by number in whatever spelling."""

import json

import pytest

from libs.common.keys import Keys, create_tenant_keys
from libs.common.phone import numbers_in
from libs.common.privacy import mentions

TENANT, NUMBER = "agencyaaa", "+442079460777"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    create_tenant_keys(path, TENANT)
    return Keys(path)


@pytest.mark.parametrize(
    "spelling",
    [
        "+442079460777",
        "+44 20 7946 0777",
        "0044 (20) 7946-0777",
        "+٤٤٢٠٧٩٤٦٠٧٧٧",
        "442079460777",
        "sip:442079460777@example.com",
        "%2B442079460777",
        "020 7946 0777",
        "+44-20-7946-0777 ext. 4",
    ],
)
def test_every_spelling_is_the_same_person(keys: Keys, spelling: str) -> None:
    subject = keys.code(TENANT, NUMBER)

    def speaks(text: bytes) -> bool:
        return mentions(text, subject, lambda e164: keys.code(TENANT, e164), "GB")

    assert speaks(f"called by {spelling}, twice".encode())
    assert speaks(json.dumps({"payload": {"from": spelling}}).encode())
    assert speaks(json.dumps({"payload": {"from": spelling}}, ensure_ascii=False).encode())


def test_the_code_itself_and_numbers_that_do_not_exist_are_found(keys: Keys) -> None:
    impossible = "+99912345678"
    subject = keys.code(TENANT, impossible)

    def speaks(text: bytes) -> bool:
        return mentions(text, subject, lambda e164: keys.code(TENANT, e164), "US")

    assert speaks(f'{{"subject": "{subject}"}}'.encode())
    assert speaks(impossible.encode())
    assert not speaks(b"+99912345679 and \xff\xfe")


@pytest.mark.parametrize("text", ["", "2963572552552678752", "12:00:00", "+1 202", "\x00" * 50])
def test_what_is_no_number_is_none(text: str) -> None:
    assert numbers_in(text, "US") == set()
