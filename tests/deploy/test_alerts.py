"""Alerts and dashboard: what they ask is exported, and each rule is tested by promtool's tests."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from deploy.operations import alerts, dashboard, page, queries, rules
from deploy.operations.metrics import declared, exported
from deploy.operations.promtool import PROMTOOL
from deploy.programs import Missing, Program
from deploy.schemas.wiring import ROOT

EXPORTED = exported()
ALERTS = alerts.read()
TESTS = {
    test["name"]: test
    for file in rules.TESTS.glob("*.yaml")
    for test in yaml.safe_load(file.read_text())["tests"]
}


def changed(tmp_path: Path, name: str, by: str) -> Path:
    """The rules with another word in the place of one."""
    text = alerts.FILE.read_text()
    assert name in text
    file = tmp_path / "alerts.yaml"
    file.write_text(text.replace(name, by, 1))
    return file


def test_what_the_alerts_ask_is_exported() -> None:
    assert list(alerts.faults(EXPORTED)) == []
    assert len({alert.name for alert in ALERTS}) == len(ALERTS)


@pytest.mark.parametrize(
    ("name", "by", "told"),
    [
        ("spool_bytes > 0", "spool_octets > 0", "SpoolNotEmpty: spool_octets: nothing exports it"),
        ('{result="quarantined"}', '{outcome="q"}', "webhooks_total: it has no label outcome"),
        ("max by (job) (parked_depth)", "max by (topic) (parked_depth)", "has the label topic"),
        ("{{ $labels.job }} has parked", "{{ $labels.topic }} has", "its words use topic"),
        ("severity: critical", "severity: dire", "its severity is dire"),
        ("max(audit_gaps) > 0", "max(audit_gaps) >", "AuditGap: max(audit_gaps) >: "),
        ("runbook_url: https", "runbook: https", "it has no runbook_url"),
    ],
)
def test_an_alert_that_asks_or_says_what_is_not_there_is_told(
    tmp_path: Path, name: str, by: str, told: str
) -> None:
    (fault,) = alerts.faults(EXPORTED, changed(tmp_path, name, by))
    assert told in fault


def test_what_the_dashboard_asks_is_exported() -> None:
    assert list(dashboard.faults(EXPORTED)) == []
    panels = {panel for panel, _, _ in dashboard.asked()}
    assert len(panels) > 20


@pytest.mark.parametrize(
    ("name", "by", "told"),
    [
        ("max(quarantine_depth)", "max(quarantine_heap)", "quarantine_heap: nothing exports it"),
        ("sum by (reason)", "sum by (cause)", "nothing in it has the label cause"),
        ('"{{reason}}"', '"{{cause}}"', "its legend uses cause"),
    ],
)
def test_a_panel_that_asks_what_is_not_there_is_told(
    tmp_path: Path, name: str, by: str, told: str
) -> None:
    text = dashboard.FILE.read_text()
    file = tmp_path / "dashboard.json"
    file.write_text(text.replace(name, by, 1))
    (fault,) = dashboard.faults(EXPORTED, file)
    assert told in fault


def test_every_panel_has_a_place_and_an_id_of_its_own() -> None:
    panels = json.loads(dashboard.FILE.read_text())["panels"]
    places = [(one["gridPos"]["x"], one["gridPos"]["y"]) for one in panels]
    assert len(set(places)) == len({one["id"] for one in panels}) == len(panels)


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_each_alert_is_seen_to_fire_and_not_to_fire(alert: alerts.Alert) -> None:
    own = [test for name, test in TESTS.items() if name.split()[0] == alert.name]
    answers = [bool(asked["exp_samples"]) for test in own for asked in test["promql_expr_test"]]
    assert True in answers
    (below,) = (test for test in own if test["name"].endswith("does not fire below"))
    assert not any(asked["exp_samples"] for asked in below["promql_expr_test"])


def test_the_rules_tests_use_series_that_are_exported() -> None:
    """Else a rule could fire in its test and nowhere else."""
    series: list[str] = [one["series"] for test in TESTS.values() for one in test["input_series"]]
    assert [fault for one in series for fault in queries.faults(one, EXPORTED)] == []


@pytest.mark.timeout(300)
@pytest.mark.skipif(PROMTOOL.found() is None, reason="no promtool: `make deploy-check` builds it")
def test_promtool_finds_the_rules_good_and_sees_them_fire(tmp_path: Path) -> None:
    tool = PROMTOOL.found()
    assert tool
    assert list(rules.tested()) == []
    late = tmp_path / "late.yaml"
    text = (rules.TESTS / "webhooks.yaml").read_text()
    there = re.sub(r"^rule_files:.*$", f"rule_files: [{alerts.FILE}]", text, flags=re.MULTILINE)
    late.write_text(re.sub(r'(SpoolNotEmpty",.*eval_time:) 14m', r"\1 15m", there, count=1))
    assert late.read_text() != there
    done = subprocess.run([tool, "test", "rules", late], capture_output=True, text=True)
    assert done.returncode == 1
    assert "SpoolNotEmpty" in done.stdout + done.stderr


def test_without_promtool_it_says_so_and_with_a_fault_it_does_not_ask(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def tested() -> Iterator[str]:
        raise Missing("Go is not there")

    monkeypatch.setattr(rules, "tested", tested)
    assert rules.main() == 2
    assert capsys.readouterr().err == "promtool: Go is not there\n"
    monkeypatch.setattr(rules, "faults", lambda: iter(["Made: up"]))
    assert rules.main() == 1
    assert capsys.readouterr().err == "Made: up\n"


def test_what_promtool_says_of_a_rule_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def asking(script: str) -> list[str]:
        monkeypatch.setattr(rules, "commands", lambda tool: iter([[str(tool), "-c", script]]))
        return list(rules.tested())

    monkeypatch.setattr(Program, "made", lambda _: Path("/bin/sh"))
    assert asking("echo SpoolNotEmpty; echo got: nil >&2; exit 1") == ["SpoolNotEmpty\ngot: nil"]
    assert asking("echo SUCCESS") == []


def test_the_page_of_metrics_is_what_the_code_declares() -> None:
    for path, text in page.generated().items():
        assert (ROOT / path).read_text() == text
        for metric in declared():
            assert f"| `{metric.shown}` | {metric.kind} |" in text


def test_no_metric_names_a_tenant_or_a_person() -> None:
    labels = {label for metric in declared() for label in metric.labels}
    assert labels.isdisjoint({"tenant", "user", "subject", "number", "customer", "session"})


def test_histograms_and_counters_are_known_by_what_is_exported() -> None:
    assert EXPORTED["ring_to_card_seconds_bucket"] == {"card", "le"}
    assert EXPORTED["ring_to_card_seconds_count"] == {"card"}
    assert EXPORTED["webhooks_total"] == {"result"}
    assert "webhooks" not in EXPORTED
