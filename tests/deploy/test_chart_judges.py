"""The judges of `make deploy-check` themselves: what they would find, without what they fetch."""

from typing import Any

import pytest

from deploy.charting import rendering
from deploy.charting.judge import __main__ as judge
from deploy.charting.judge import schemas, security
from deploy.charting.judge.gomodules import MODULES
from deploy.programs import Missing

DEFINITION: dict[str, Any] = {
    "spec": {
        "group": "example.com",
        "names": {"kind": "Thing"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "apiVersion": {"type": "string"},
                            "kind": {"type": "string"},
                            "metadata": {"type": "object"},
                            "spec": {
                                "type": "object",
                                "required": ["lag"],
                                "properties": {
                                    "lag": {"type": "string"},
                                    "free": {
                                        "type": "object",
                                        "properties": {"a": {"type": "string"}},
                                        "x-kubernetes-preserve-unknown-fields": True,
                                    },
                                    "map": {
                                        "type": "object",
                                        "additionalProperties": {"type": "string"},
                                    },
                                },
                            },
                        },
                    }
                },
            },
            {"name": "v1beta1", "served": False, "schema": {"openAPIV3Schema": {}}},
        ],
    }
}
KNOWN = schemas.by_kind([DEFINITION])


def thing(version: str = "v1", **spec: Any) -> dict[str, Any]:
    metadata = {"name": "it", "labels": {"any": "thing"}}
    return {"apiVersion": f"example.com/{version}", "kind": "Thing", "metadata": metadata} | {
        "spec": spec
    }


@pytest.mark.parametrize(
    ("one", "fault"),
    [
        (thing(lag="100", free={"b": 1}, map={"c": "d"}), None),
        (thing(lag=100), "Thing it: spec/lag: 100 is not of type 'string'"),
        (thing(), "Thing it: spec: 'lag' is a required property"),
        (thing(lag="1", more=1), "('more' was unexpected)"),
        (thing(lag="1", map={"c": 1}), "spec/map/c: 1 is not of type 'string'"),
        (thing("v1beta1", lag="1"), "Thing it: no schema for example.com/v1beta1"),
    ],
)
def test_an_object_is_judged_as_a_server_would(one: dict[str, Any], fault: str | None) -> None:
    found = list(schemas.faults(KNOWN, [one]))
    assert len(found) == (fault is not None)
    assert not fault or fault in found[0]


def test_a_finding_that_is_not_on_purpose_is_told() -> None:
    needed = [(check, "Pod.intnet.intnet-test") for check in security.ON_PURPOSE]
    needed[3] = ("CKV_K8S_35", "Deployment.intnet.intnet-matcher")
    assert not list(security.faults(needed))
    assert list(security.faults([*needed, ("CKV_K8S_20", "Deployment.x")])) == [
        "CKV_K8S_20 fails for Deployment.x"
    ]
    assert list(security.faults([*needed, ("CKV_K8S_8", "Deployment.x")])) == [
        "CKV_K8S_8 fails for Deployment.x"
    ]


def test_a_purpose_that_nothing_needs_is_told() -> None:
    found = list(security.faults([]))
    assert len(found) == len(security.ON_PURPOSE)
    assert all(sentence.endswith("take it off the list") for sentence in found)


def test_every_module_has_a_version_and_a_hash() -> None:
    for module in MODULES:
        assert module.version.startswith("v")
        assert module.sum.startswith("h1:")
    assert not [path for path in rendering.CHART.rglob("*crd*") if path.is_file()]


@pytest.mark.parametrize(
    ("found", "status"), [([], 0), (["a fault"], 1), (Missing("go is not installed"), 2)]
)
def test_the_exit_status_says_what_came_of_it(
    found: Any, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def asked() -> Any:
        if isinstance(found, Missing):
            raise found
        return iter(found)

    monkeypatch.setattr(judge, "JUDGES", {"one": asked, "other": lambda: iter(())})
    assert judge.main() == status
    told = capsys.readouterr()
    assert "other: 0 faults" in told.out
    assert (f"one: {len(found)} faults" in told.out) if status < 2 else "one: go is" in told.err


def test_helm_lints_every_set() -> None:
    assert not list(judge.linted())
