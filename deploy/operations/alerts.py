"""The alert rules as they are shipped, and what every one of them must have."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deploy.operations import queries
from deploy.schemas.wiring import ROOT

FILE = ROOT / "deploy" / "chart" / "files" / "alerts.yaml"
RUNBOOK = ROOT / "docs" / "runbook.md"
SEVERITIES = ("critical", "warning")

_LABEL = re.compile(r"\$labels\.(\w+)")


@dataclass(frozen=True)
class Alert:
    """One rule, as the file has it."""

    name: str
    query: str
    severity: str
    told: Mapping[str, str]

    @property
    def case(self) -> str:
        """The heading of the runbook that its URL leads to."""
        return self.told.get("runbook_url", "").partition("#")[2]


def read(file: Path = FILE) -> tuple[Alert, ...]:
    """All of them, in their order."""
    groups = yaml.safe_load(file.read_text())["groups"]
    return tuple(_alert(rule) for group in groups for rule in group["rules"])


def faults(exported: Mapping[str, frozenset[str]], file: Path = FILE) -> Iterator[str]:
    """What is wrong with a rule, in plain words."""
    for alert in read(file):
        wrong = queries.faults(alert.query, exported)
        for fault in wrong or _untold(alert, exported):
            yield f"{alert.name}: {fault}"


def headings(page: Path = RUNBOOK) -> set[str]:
    """The anchors of the runbook's cases."""
    found = re.findall(r"^### (\w+)$", page.read_text(), re.MULTILINE)
    return {name.lower() for name in found}


def _untold(alert: Alert, exported: Mapping[str, frozenset[str]]) -> Iterator[str]:
    if alert.severity not in SEVERITIES:
        yield f"its severity is {alert.severity or 'missing'}"
    for name in ("summary", "description", "runbook_url"):
        if not alert.told.get(name):
            yield f"it has no {name}"
    labels = queries.labels(alert.query, exported)
    for name in _LABEL.findall(" ".join(alert.told.values())):
        if name not in labels:
            yield f"its words use {name}, which its query does not have"


def _alert(rule: Mapping[str, Any]) -> Alert:
    severity = rule.get("labels", {}).get("severity", "")
    return Alert(rule["alert"], rule["expr"], severity, rule.get("annotations", {}))
