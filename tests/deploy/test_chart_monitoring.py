"""What watches the services: scraped pods, rules and a dashboard that are files of the chart."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from deploy.charting import rendering
from deploy.local.services import NAMES
from tests.deploy.charts import SETS, minimal, of_kind, workloads

RULES = {
    "groups": [
        {
            "name": "calls",
            "rules": [
                {
                    "alert": "Lag",
                    "expr": "lag > 1",
                    "annotations": {"summary": "{{ $labels.group }} is {{ $value }} behind"},
                }
            ],
        }
    ]
}
DASHBOARD = {"title": "Calls", "panels": [{"legend": "{{ service }}"}]}
ALL = {
    "rules": {"enabled": True, "labels": {"release": "prometheus"}},
    "dashboard": {"enabled": True},
}


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """The chart with rules and a dashboard of our own."""
    copy = tmp_path / "chart"
    shutil.copytree(rendering.CHART, copy)
    (copy / "files" / "alerts.yaml").write_text(yaml.safe_dump(RULES))
    (copy / "files" / "dashboard.json").write_text(json.dumps(DASHBOARD, indent=2))
    return copy


def test_rules_and_dashboard_come_through_as_they_are(chart: Path) -> None:
    """Their braces are not the chart's."""
    made = {m["kind"]: m for m in rendering.manifests(minimal(monitoring=ALL), folder=chart)}
    assert made["PrometheusRule"]["spec"] == RULES
    assert made["PrometheusRule"]["metadata"]["labels"]["release"] == "prometheus"
    assert json.loads(made["ConfigMap"]["data"]["intnet.json"]) == DASHBOARD
    assert made["ConfigMap"]["metadata"]["labels"]["grafana_dashboard"] == "1"


def test_they_are_off_until_asked_for(chart: Path) -> None:
    kinds = {m["kind"] for m in rendering.manifests(minimal(), folder=chart)}
    assert not {"PrometheusRule", "ConfigMap", "PodMonitor"} & kinds


def test_a_chart_without_the_files_says_so(chart: Path) -> None:
    (chart / "files" / "alerts.yaml").unlink()
    notes = rendering.rendered(minimal(monitoring=ALL), folder=chart)[rendering.NOTES]
    assert "monitoring.rules.enabled is true, but this chart has no files/alerts.yaml" in notes


def test_every_service_is_scraped_on_its_admin_port() -> None:
    (monitor,) = of_kind("production", "PodMonitor")
    (chosen,) = monitor["spec"]["selector"]["matchExpressions"]
    assert chosen["values"] == list(NAMES)
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("metrics", "/metrics")
    assert monitor["metadata"]["labels"]["release"] == "prometheus"
    for name in SETS:
        for workload in workloads(name).values():
            ports = workload["spec"]["template"]["spec"]["containers"][0]["ports"]
            assert {"name": "metrics", "containerPort": 9000, "protocol": "TCP"} in ports
