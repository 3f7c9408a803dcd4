from typing import Any

import pytest

from tests.ingest.domain_support import started


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, None),
        ({"shaken_stir_attestation": None, "shaken_stir_validated": None}, None),
        ({"shaken_stir_attestation": "A"}, "A"),
        ({"shaken_stir_attestation": " b ", "shaken_stir_validated": True}, "B"),
        ({"shaken_stir_attestation": "C", "shaken_stir_validated": "true"}, "C"),
        ({"shaken_stir_attestation": "A", "shaken_stir_validated": False}, "failed"),
        ({"shaken_stir_attestation": "C", "shaken_stir_validated": "false"}, "failed"),
        ({"shaken_stir_validated": False}, None),
        ({"shaken_stir_validated": True}, None),
        ({"shaken_stir_validated": "TN-Validation-Failed"}, "failed"),
        ({"shaken_stir_attestation": "TN-Validation-Failed-C"}, "failed"),
        ({"shaken_stir_attestation": "TN-Validation-Passed-B"}, "B"),
        ({"shaken_stir_validated": "TN-Validation-Passed"}, "A"),
        ({"shaken_stir_validated": "No-TN-Validation"}, None),
        ({"shaken_stir_attestation": "D"}, None),
        ({"shaken_stir_attestation": {"level": "A"}}, None),
        ({"call_screening_result": {"shaken_stir_attestation": "A"}}, "A"),
    ],
)
def test_attestation(said: dict[str, Any], expected: str | None) -> None:
    assert started(**said)["attestation"] == expected


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("spam_likely", "spam_likely"),
        ("Spam_Likely ", "spam_likely"),
        ({"action": "flag_calls", "reputation": "spam_likely"}, "spam_likely"),
        ({"action": "flag_calls", "reputation": None, "shaken_stir_attestation": "A"}, None),
        (None, None),
        ("", None),
        (["spam_likely"], None),
        ("call +15125550142", None),
    ],
)
def test_screening_is_made_flat(result: object, expected: str | None) -> None:
    assert started(call_screening_result=result)["screening"] == expected


@pytest.mark.parametrize(
    "name",
    [
        "JANE DOE",
        "Doe, Jane",
        "شركة المثال",
        "ACME INSURANCE",
        "O'NEIL-SMITH J",
        "Route 66 Motors",
    ],
)
def test_names_pass(name: str) -> None:
    assert started(caller_id_name=name)["caller_name"] == name


@pytest.mark.parametrize(
    "name",
    [
        "+15125550142",
        "15125550142",
        "(512) 555-0142",
        "V5125550142",
        "AUSTIN, TX",
        "Austin, Tx",
        "AUSTIN TX",
        "SALT LAKE CITY UT",
        "WASHINGTON   DC",
        "TORONTO ON CAN",
        "Anonymous",
        "WIRELESS CALLER",
        "\0\u202e",
        " ",
        None,
    ],
)
def test_what_is_no_name_is_dropped(name: object) -> None:
    assert started(caller_id_name=name)["caller_name"] is None


def test_a_name_loses_nul_and_marks_of_direction() -> None:
    assert started(caller_id_name="JANE\0 \u202eDOE\n")["caller_name"] == "JANE DOE"
