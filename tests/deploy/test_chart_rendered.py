"""What the chart makes: as committed, valid for Kubernetes, and the same whatever the release."""

import json
import re
from functools import cache
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from kubernetes_validate import utils

from deploy.charting import __main__ as charting
from deploy.charting import rendering
from tests.deploy.charts import SETS, component, minimal, objects, of_kind

VERSIONS = ("1.32", "1.34", "1.37")
# What Kubernetes itself does not know is judged by the schemas of `make deploy-check`.
FOREIGN = {
    "external-secrets.io/v1",
    "gateway.networking.k8s.io/v1",
    "keda.sh/v1alpha1",
    "kafka.strimzi.io/v1",
    "monitoring.coreos.com/v1",
}


@pytest.fixture(scope="module", autouse=True)
def _schemas_are_read_once() -> None:
    """Else each object would read 15 MB of them."""
    utils.schema_contents = cache(utils.schema_contents)


def test_at_least_five_sets_are_rendered() -> None:
    wanted = {"minimal", "production", "strimzi-keda", "ingress", "airgapped"}
    assert wanted <= set(SETS)


def test_what_is_committed_is_what_is_rendered() -> None:
    parts = charting.sources() | charting.examples()
    stale = [str(path) for path, text in parts.items() if path.read_text() != text]
    assert not stale, "run `make schemas`"


@pytest.mark.parametrize("name", SETS)
def test_every_object_is_a_document_of_its_own_in_what_is_committed(name: str) -> None:
    """Two in one would be read as the second alone, by whoever judges or applies the file."""
    text = (rendering.CHART / "examples" / name / "rendered.yaml").read_text()
    assert len(re.findall(r"^kind:", text, re.MULTILINE)) == len(objects(name))
    read = [one for one in yaml.safe_load_all(text) if one]
    assert sorted(map(json.dumps, read)) == sorted(map(json.dumps, objects(name)))


def test_a_stale_file_is_named_and_then_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "examples" / "rendered.yaml"
    monkeypatch.setattr(charting, "sources", dict)
    monkeypatch.setattr(charting, "examples", lambda: {file: "kind: List\n"})
    assert charting.main(["--check"]) == 1
    assert not file.exists()
    assert f"{file} is not up to date: run `make schemas`" in capsys.readouterr().err
    assert charting.main([]) == 0
    assert file.read_text() == "kind: List\n"
    assert charting.main(["--check"]) == 0


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", SETS)
def test_kubernetes_takes_every_object(name: str, version: str) -> None:
    own = [one for one in objects(name) if one["apiVersion"] not in FOREIGN]
    assert len(own) > 20
    for one in own:
        judged = kubernetes_validate.validate(one, version, strict=True)
        assert judged == version, f"{one['kind']} {one['metadata']['name']}"


def test_the_judge_would_find_a_typing_error() -> None:
    service = dict(of_kind("minimal", "Service")[0])
    service["spec"] = {**service["spec"], "tpye": "ClusterIP"}
    with pytest.raises(kubernetes_validate.ValidationError, match="tpye"):
        kubernetes_validate.validate(service, VERSIONS[0], strict=True)


@pytest.mark.parametrize("name", SETS)
def test_everything_is_named_once_and_in_its_namespace(name: str) -> None:
    names = [(one["kind"], one["metadata"]["name"]) for one in objects(name)]
    assert len(names) == len(set(names))
    assert {one["metadata"]["namespace"] for one in objects(name)} == {"intnet"}


@pytest.mark.parametrize("name", SETS)
def test_everything_has_the_standard_labels(name: str) -> None:
    wanted = {"name", "instance", "version", "part-of", "managed-by"}
    extra = {"intnet-more"}
    for one in objects(name):
        if one["metadata"]["name"] not in extra:
            assert {f"app.kubernetes.io/{label}" for label in wanted} <= one["metadata"][
                "labels"
            ].keys()


@pytest.mark.parametrize("name", SETS)
def test_selectors_say_no_version(name: str) -> None:
    for one in of_kind(name, "Deployment", "StatefulSet", "PodDisruptionBudget"):
        selector = one["spec"]["selector"]["matchLabels"]
        assert selector.keys() == {
            f"app.kubernetes.io/{label}" for label in ("name", "instance", "component")
        }
        assert selector["app.kubernetes.io/component"] == component(one)


def test_another_release_and_namespace_are_everywhere() -> None:
    made = rendering.manifests(minimal(), name="second", namespace="calls")
    assert {one["metadata"]["namespace"] for one in made} == {"calls"}
    assert all(one["metadata"]["name"].startswith("second-intnet-") for one in made)


def test_notes_say_where_it_is_and_what_to_do_next() -> None:
    notes = rendering.rendered(minimal())[rendering.NOTES]
    for told in ("https://console.example.com", "/webhooks/telnyx", "helm -n intnet test intnet"):
        assert told in notes
    assert "networkPolicy.enabled is false" not in notes
    off = rendering.rendered(minimal(networkPolicy={"enabled": False}))[rendering.NOTES]
    assert "networkPolicy.enabled is false" in off
