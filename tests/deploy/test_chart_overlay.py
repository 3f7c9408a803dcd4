"""The example of an overlay: what it tells comes of it, and its judge would notice if not."""

from copy import deepcopy
from typing import Any

import pytest
import yaml

from deploy.charting.judge import overlay
from deploy.charting.rendering import CHART

LABELS = {"team": "calls"}
TOLD = {
    "labels": [{"pairs": LABELS}],
    "images": [{"newName": "registry/gateway", "digest": "sha256:1"}],
    "patches": [
        {"patch": yaml.safe_dump({"kind": "Service", "metadata": {"name": "a"}, "spec": {"x": 1}})},
        {"patch": "{$patch: delete, kind: Pod, metadata: {name: test}}"},
    ],
}


def one(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": name, "labels": dict(LABELS)}, **more}


BASE = [one("Service", "a"), one("Pod", "test"), one("Pod", "gateway")]
MADE = [
    one("Service", "a", spec={"x": 1, "y": 2}),
    one("Pod", "gateway", image="registry/gateway@sha256:1"),
]


@pytest.fixture(autouse=True)
def _any_object_is_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlay, "_invalid", lambda _: iter(()))


def test_what_came_as_it_was_told_is_no_fault() -> None:
    assert list(overlay.faults(TOLD, BASE, MADE)) == []


def test_whatever_did_not_come_is_told() -> None:
    made = deepcopy(MADE)
    made[0]["spec"]["x"] = 2
    assert list(overlay.faults(TOLD, BASE, made)) == ["Service a is not as its patch says"]
    made = deepcopy(MADE)
    made[1]["image"] = "gateway:1"
    assert list(overlay.faults(TOLD, BASE, made)) == ["nothing runs registry/gateway@sha256:1"]
    made = deepcopy(MADE)
    del made[1]["metadata"]["labels"]
    assert list(overlay.faults(TOLD, BASE, made)) == ["Pod gateway has not the labels"]


def test_what_came_or_went_unasked_is_told() -> None:
    found = list(overlay.faults(TOLD, BASE, [*MADE, one("Pod", "test")]))
    assert "Pod test is made, and nobody said so" in found
    found = list(overlay.faults(TOLD, [*BASE, one("Job", "topics")], MADE))
    assert found == ["Job topics is gone, and nobody said so"]


def test_a_patch_of_what_kubernetes_does_not_know_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    base = overlay.all_of((CHART / "examples" / "minimal" / "rendered.yaml").read_text())
    matcher = next(x for x in base if overlay.name_of(x) == ("Deployment", "intnet-matcher"))
    assert list(overlay._invalid(matcher)) == []
    matcher["spec"]["minReadySecond"] = 10
    assert "minReadySecond" in "".join(overlay._invalid(matcher))


@pytest.mark.skipif(
    overlay.KUSTOMIZE.found() is None, reason="no kustomize: `make deploy-check` builds it"
)
def test_kustomize_builds_the_example() -> None:
    assert list(overlay.judged()) == []


def test_the_namespace_is_held_to_the_strictest_level() -> None:
    (namespace,) = overlay.all_of((overlay.OVERLAY / "namespace.yaml").read_text())
    labels = namespace["metadata"]["labels"]
    for mode in ("enforce", "warn", "audit"):
        assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted"
        assert labels[f"pod-security.kubernetes.io/{mode}-version"] == "v1.32"
