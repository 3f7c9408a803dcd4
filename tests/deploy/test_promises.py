"""Every promise of the policies is accounted for, and each way not to be turns the check red."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest
import yaml

from deploy import promises
from deploy.promises import checking, faults
from deploy.promises.reading import FILE, Promise, accounts
from deploy.schemas import declared
from deploy.schemas.__main__ import main
from deploy.schemas.wiring import ROOT
from libs.common import policies
from libs.common.policies import Policy

Told = dict[str, Any]

FILED: Told = yaml.safe_load((ROOT / FILE).read_text("utf-8"))
ACCOUNTS = accounts(FILED)
EVERY = [promise for account in ACCOUNTS.values() for promise in account.promises]


@pytest.fixture
def told() -> Told:
    """What the file says, to be changed."""
    return deepcopy(FILED)


def red(told: Told, published: Mapping[str, Policy] | None = None) -> list[str]:
    return checking.check(accounts(told), published or policies.load(), ROOT)


def first(told: Told) -> Told:
    kept: Told = next(one for one in told["intnet-iq"]["promises"] if "gap" not in one)
    return kept


def test_every_promise_is_accounted_for() -> None:
    assert faults(ROOT) == []
    assert set(ACCOUNTS) == set(policies.load())
    assert {promise.state for promise in EVERY} == {"kept", "partly", "open"}


def test_a_promise_without_test_or_gap_is_red(told: Told) -> None:
    promise = first(told)
    del promise["tests"]
    assert red(told) == [
        f"{promise['id']}: neither a test shows it, nor does `gap` say what is missing"
    ]
    promise["gap"] = "Not built yet: all of it."
    assert red(told) == []


@pytest.mark.parametrize(
    "test",
    [
        "tests/gateway/test_pages.py::test_that_nobody_wrote",
        "tests/gateway/test_nothing.py::test_everybody_reads_the_policies",
        "tests/gateway/test_policies.py",
        "services/gateway/app.py::build",
        "tests/gateway/house.py::sign_in",
    ],
)
def test_a_test_that_is_not_there_is_red(told: Told, test: str) -> None:
    first(told)["tests"].append(test)
    assert red(told) == [f"{first(told)['id']}: there is no test {test}"]


def test_a_control_that_is_not_there_is_red(told: Told) -> None:
    first(told)["control"] = "Kept by `libs/common/goodwill.py`."
    assert red(told) == [
        f"{first(told)['id']}: there is no libs/common/goodwill.py, which its control names"
    ]


def test_a_sentence_that_is_not_in_the_text_is_red(told: Told) -> None:
    first(told)["sentence"] = "We forget everything at once."
    found = red(told)
    assert "intnet-iq: this sentence is not in the text: We forget everything at once." in found
    assert any("of this nothing is said" in fault for fault in found)


@pytest.mark.parametrize("promise", EVERY, ids=lambda promise: promise.id)
def test_a_promise_that_is_left_out_is_red(told: Told, promise: Promise) -> None:
    for account in told.values():
        account["promises"] = [one for one in account["promises"] if one["id"] != promise.id]
    assert [fault for fault in red(told) if "of this nothing is said" in fault]


def test_a_text_that_changes_under_its_promises_is_red(told: Told) -> None:
    published = policies.load()
    policy = published["intnet-iq"]
    text = policy.current.text + "\nWe also share your data with brokers.\n"
    later = policy.current.model_copy(update={"version": "2", "text": text, "sha256": "f" * 64})
    more = policy.model_copy(update={"versions": (policy.current, later)})
    found = red(told, published | {"intnet-iq": more})
    assert [fault.partition(", and what")[0].partition(", neither")[0] for fault in found] == [
        f"intnet-iq: the text is version 2 ({'f' * 64})",
        "intnet-iq: of this nothing is said",
    ]


def test_one_id_is_one_promise_and_no_policy_is_left_out(told: Told) -> None:
    promises = told["intnet-iq"]["promises"]
    promises.append(promises[0])
    assert red(told) == [f"{promises[0]['id']}: more than one promise has this id"]
    promises.pop()
    told["acme"] = told.pop("interkey-connect")
    assert red(told)[:2] == [
        "acme: no policy has this name",
        "interkey-connect: nothing is said of this policy",
    ]


def test_the_command_is_red_where_a_promise_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(promises, "faults", lambda _: ["docs/promises.yaml: A4: broken"])
    assert main(["--check"]) == 1
    assert capsys.readouterr().err == "docs/promises.yaml: A4: broken\n"


def test_the_command_is_red_where_a_field_says_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(declared, "undeclared", lambda: ["matcher: pets.name could"])
    assert main(["--check"]) == 1
    assert capsys.readouterr().err == "matcher: pets.name could\n"


def test_no_gap_is_worded_as_if_all_were_well() -> None:
    gaps = [p.gap for account in ACCOUNTS.values() for p in account.promises if p.gap]
    assert all(gap.strip().endswith(".") and len(gap.split()) > 5 for gap in gaps)
