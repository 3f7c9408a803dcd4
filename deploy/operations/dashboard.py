"""The dashboard as it is shipped: what its panels ask."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from deploy.operations import queries
from deploy.schemas.wiring import ROOT

FILE = ROOT / "deploy" / "chart" / "files" / "dashboard.json"

_LEGEND = re.compile(r"\{\{(\w+)\}\}")


def asked(file: Path = FILE) -> Iterator[tuple[str, str, str]]:
    """Panel, query, legend. Grafana's interval is put in as a minute."""
    for panel in json.loads(file.read_text())["panels"]:
        for target in panel.get("targets", ()):
            query = target["expr"].replace("$__rate_interval", "1m")
            yield panel["title"], query, target["legendFormat"]


def faults(exported: Mapping[str, frozenset[str]], file: Path = FILE) -> Iterator[str]:
    """What is wrong with a panel, in plain words."""
    for panel, query, legend in asked(file):
        wrong = queries.faults(query, exported)
        yield from (f"{panel}: {fault}" for fault in wrong)
        if not wrong:
            there = queries.labels(query, exported)
            for name in set(_LEGEND.findall(legend)) - there:
                yield f"{panel}: its legend uses {name}, which its query does not have"
