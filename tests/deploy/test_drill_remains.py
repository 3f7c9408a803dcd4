"""An erasure is judged by its certificate, and by what is found of the person."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pymongo import MongoClient

from deploy.drill import remains
from deploy.drill.experiment import Experiment
from deploy.drill.experiments.erasure import FAULTS, erasure
from deploy.drill.leaving import file, leavers
from deploy.drill.ledger import Verdict
from deploy.drill.perform import Result
from deploy.drill.traffic import Line

ROOT = Path(__file__).resolve().parents[2]
LINES = [Line("agencyaaa", "+12025550131", "11"), Line("agencybbb", "+12025550132", "12")]


def proof(*stores: str, kept: tuple[str, ...] = ("suppression_code", "request")) -> dict[str, Any]:
    certificate = {
        "stores": [{"store": store} for store in stores or sorted(remains.STORES)],
        "kept": [{"what": what} for what in kept],
        "ordered_at": "2026-05-19T08:00:00.000Z",
        "completed_at": "2026-05-19T08:00:09.500Z",
    }
    return {"certificate": certificate, "sha256": "d"}


def test_whoever_is_nowhere_but_where_the_certificate_says_is_erased() -> None:
    assert remains.faults(proof(), (), ("matcher.erased", "consent.requests")) == []


@pytest.mark.parametrize(
    ("given", "numbers", "codes", "said"),
    [
        ({}, (), (), "not erased: there is no certificate"),
        (
            proof("gateway", "ingest", "matcher", "messaging"),
            (),
            (),
            "the certificate lacks insights",
        ),
        (proof(), ("insights.calls",), (), "left: the number is in insights.calls"),
        (proof(), ("matcher.erased",), (), "left: the number is in matcher.erased"),
        (proof(), (), ("messaging.messages",), "left: the code is in messaging.messages"),
        (proof(kept=("request",)), (), ("matcher.erased",), "the code is in matcher.erased"),
    ],
)
def test_anything_else_is_a_fault(
    given: dict[str, Any], numbers: tuple[str, ...], codes: tuple[str, ...], said: str
) -> None:
    (fault,) = remains.faults(given, numbers, codes)
    assert said in fault


def test_the_time_counts_from_the_entry_to_the_proof() -> None:
    assert remains.seconds(proof()) == 9.5
    assert remains.seconds({}) is None


def test_a_control_is_green_where_somebody_was_found_and_red_where_nobody_was() -> None:
    control = Experiment("C", "control", control=True)
    assert Result(control, 1, Verdict(left=1)).outcome == "green"
    assert Result(control, 1, Verdict()).outcome == "red"


def test_without_a_kill_at_each_point_nothing_is_shown() -> None:
    experiment = erasure()
    counts = dict.fromkeys(experiment.needs, 1)
    assert Result(experiment, 1, counts=counts).outcome == "green"
    for point in FAULTS:
        assert Result(experiment, 1, counts=counts | {point: 0}).outcome == "inconclusive"


def test_people_have_numbers_of_their_own_in_turn_of_each_agency() -> None:
    people = leavers(LINES, 5, first=500)
    assert len({one.number for one in people}) == 5
    mine, theirs = (file(people, line.tenant).decode() for line in LINES)
    assert [one.number in mine for one in people] == [True, False, True, False, True]
    assert [one.number in theirs for one in people] == [False, True, False, True, False]


def test_what_is_kept_is_what_certificates_speak_of() -> None:
    words = (ROOT / "services/consent/domain/rights/certificate.py").read_text()
    assert [what for what in remains.KEPT if f'"{what}"' not in words] == []


@pytest.mark.integration
def test_numbers_and_codes_are_found_and_told_apart(mongo_url: str, tmp_path: Path) -> None:
    name = f"left{uuid4().hex[:8]}"
    people = {one.number: uuid4().hex for one in leavers(LINES, 3, first=8_000)}
    numbered, coded, gone = people
    (tmp_path / "a.log").write_text(f"odd {numbered}\n")
    with MongoClient[dict[str, Any]](mongo_url) as client:
        client[name]["calls__agencyaaa"].insert_one({"party": numbered})
        client[name]["texts__agencyaaa"].insert_one({"subject": people[coded]})
        client[name]["drill_effects__agencyaaa"].insert_one({"_id": f"x:{people[gone]}"})
        found = remains.search(mongo_url, [tmp_path / "a.log"], people)
        client.drop_database(name)
    log = f"file {tmp_path / 'a.log'}"
    assert dict(found.numbers) == {numbered: {f"{name}.calls", log}}
    assert dict(found.codes) == {coded: {f"{name}.texts"}}
