"""What every pod of the chart is allowed, and how it starts, stops and spreads."""

import re
from typing import Any

import pytest
import yaml

from deploy.charting import rendering
from deploy.local.services import NAMES
from libs.common.bus.consumer import STOP_SECONDS
from libs.common.service.running import DRAIN_SECONDS
from libs.common.web.serve import DRAIN_S
from tests.deploy.charts import SETS, merged, minimal, of_kind, pod_specs, workloads

STOP = 57
USER = 10001


def one(name: str, service: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Its pod and its container."""
    spec = workloads(name)[service]["spec"]["template"]["spec"]
    return spec, spec["containers"][0]


@pytest.mark.parametrize("name", SETS)
def test_every_pod_is_restricted(name: str) -> None:
    specs = list(pod_specs(name))
    assert {service for service, _ in specs} >= {*NAMES, "test"}
    for _, spec in specs:
        context = spec["securityContext"]
        assert context["runAsNonRoot"] is True
        assert context["runAsUser"] == context["runAsGroup"] == context["fsGroup"] == USER
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        assert spec["enableServiceLinks"] is False
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
        for container in spec["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }


@pytest.mark.parametrize("name", SETS)
def test_only_tmp_and_the_spool_can_be_written(name: str) -> None:
    for service, spec in pod_specs(name):
        for container in spec["containers"]:
            writable = {m["mountPath"] for m in container["volumeMounts"] if not m.get("readOnly")}
            assert writable == ({"/tmp", "/spool"} if service == "ingest" else {"/tmp"})
        tmp = next(volume for volume in spec["volumes"] if volume["name"] == "tmp")
        assert tmp["emptyDir"]["sizeLimit"]


@pytest.mark.parametrize("name", SETS)
def test_memory_is_bounded_and_the_processor_is_not(name: str) -> None:
    for _, spec in pod_specs(name):
        for container in spec["containers"]:
            asked, most = container["resources"]["requests"], container["resources"]["limits"]
            assert asked.keys() == {"cpu", "memory"}
            assert most == {"memory": asked["memory"]}


@pytest.mark.parametrize("service", NAMES)
@pytest.mark.parametrize("name", SETS)
def test_probes_ask_the_admin_port(name: str, service: str) -> None:
    _, container = one(name, service)
    startup, live, ready = (container[f"{p}Probe"] for p in ("startup", "liveness", "readiness"))
    assert startup["httpGet"] == live["httpGet"] == {"path": "/livez", "port": "metrics"}
    assert ready["httpGet"] == {"path": "/readyz", "port": "metrics"}
    assert startup["periodSeconds"] * startup["failureThreshold"] <= 60
    assert ready["timeoutSeconds"] > 2  # the check itself gives up after two


@pytest.mark.parametrize("service", NAMES)
@pytest.mark.parametrize("name", SETS)
def test_a_stop_has_the_time_that_it_may_take(name: str, service: str) -> None:
    assert DRAIN_S + STOP_SECONDS + DRAIN_SECONDS < STOP  # what ARCHITECTURE.md adds up
    spec, container = one(name, service)
    pause = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pause >= 5
    assert spec["terminationGracePeriodSeconds"] > STOP + pause


@pytest.mark.parametrize("name", SETS)
def test_ingest_keeps_its_spool_and_no_other_has_a_volume(name: str) -> None:
    kinds = {service: manifest["kind"] for service, manifest in workloads(name).items()}
    assert kinds == {
        service: "StatefulSet" if service == "ingest" else "Deployment" for service in NAMES
    }
    ingest = workloads(name)["ingest"]["spec"]
    assert [claim["metadata"]["name"] for claim in ingest["volumeClaimTemplates"]] == ["spool"]
    assert ingest["persistentVolumeClaimRetentionPolicy"] == {
        "whenDeleted": "Retain",
        "whenScaled": "Retain",
    }


@pytest.mark.parametrize("name", SETS)
def test_pods_spread_over_zones_and_nodes(name: str) -> None:
    for service in NAMES:
        spec, _ = one(name, service)
        keys = [spread["topologyKey"] for spread in spec["topologySpreadConstraints"]]
        assert keys == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]


def test_a_budget_is_there_where_more_than_one_runs() -> None:
    budgets = {
        budget["metadata"]["labels"]["app.kubernetes.io/component"]: budget["spec"]
        for budget in of_kind("production", "PodDisruptionBudget")
    }
    # consent has one replica there, and insights' is switched off.
    assert set(budgets) == set(NAMES) - {"consent", "insights"}
    for spec in budgets.values():
        assert spec["maxUnavailable"] == 1
        assert spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


def test_the_doors_never_have_a_replica_less_while_they_roll() -> None:
    rolling = workloads("minimal")["gateway"]["spec"]["strategy"]["rollingUpdate"]
    assert rolling == {"maxUnavailable": 0, "maxSurge": 1}


def test_a_changed_environment_rolls_the_pods() -> None:
    def stamps(**changes: Any) -> dict[str, str]:
        made = rendering.manifests(minimal(**changes))
        pods = {m["metadata"]["name"]: m for m in made if m["kind"] == "Deployment"}
        return {
            name: pod["spec"]["template"]["metadata"]["annotations"]["checksum/config"]
            for name, pod in pods.items()
        }

    before, quieter = stamps(), stamps(logLevel="WARNING")
    proxied = stamps(gateway={"proxies": 2})
    assert all(before[name] != quieter[name] for name in before)
    assert [name for name in before if before[name] != proxied[name]] == ["intnet-gateway"]


def test_an_override_of_one_service_is_its_own() -> None:
    values = merged(minimal(), {"services": {"matcher": {"replicas": 5, "podLabels": {"a": "b"}}}})
    made = [one for one in rendering.manifests(values) if one["kind"] == "Deployment"]
    found = {one["metadata"]["name"]: one["spec"]["replicas"] for one in made}
    assert found.pop("intnet-matcher") == 5
    assert set(found.values()) == {2}


def test_whatever_is_added_is_on_every_service() -> None:
    for service in NAMES:
        spec, container = one("airgapped", service)
        pod = workloads("airgapped")[service]["spec"]["template"]["metadata"]
        assert {"name": "TZ", "value": "UTC"} in container["env"]
        assert container["envFrom"] == [{"configMapRef": {"name": "proxies"}}]
        assert "/etc/ssl/own" in {mount["mountPath"] for mount in container["volumeMounts"]}
        assert "certificates" in {volume["name"] for volume in spec["volumes"]}
        assert pod["labels"]["team"] == "calls"
        assert pod["annotations"]["backup"] == "no"
        assert spec["nodeSelector"] == {"pool": "intnet"}


def test_every_image_comes_from_the_registry_that_is_named() -> None:
    images = {c["image"] for _, spec in pod_specs("airgapped") for c in spec["containers"]}
    assert len(images) == len(NAMES) + 1
    assert all(i.startswith("registry.example.internal:5000/mirror/intnet/") for i in images)
    # matcher's, and that of Job and test, which are one.
    assert sum("@sha256:" in image for image in images) == 2
    for _, spec in pod_specs("airgapped"):
        assert spec["imagePullSecrets"] == [{"name": "registry"}]


@pytest.mark.parametrize("name", SETS)
def test_the_page_lists_every_image(name: str) -> None:
    """Its `sed`, done here on what is rendered."""
    (line,) = re.findall(r"sed -n 's/(.+?)//p'", (rendering.CHART / "README.md").read_text())
    text = (rendering.CHART / "examples" / name / "rendered.yaml").read_text()
    listed = {one.partition("image: ")[2] for one in text.splitlines() if re.match(line, one)}
    assert listed == {c["image"] for _, spec in pod_specs(name) for c in spec["containers"]}
    assert len(listed) == len(NAMES) + 1


def test_each_version_of_the_chart_has_its_words_on_upgrading() -> None:
    version = yaml.safe_load((rendering.CHART / "Chart.yaml").read_text())["version"]
    assert f"\n## {version}\n" in (rendering.CHART / "UPGRADING.md").read_text()
