"""The runbook: a case for each alert, and no command that there is not."""

import re
import shlex
import subprocess
import sys

import pytest

from deploy.operations import alerts, rules
from deploy.operations.metrics import exported
from deploy.schemas.wiring import ROOT
from tests.deploy import commands

TEXT = alerts.RUNBOOK.read_text()
HEADINGS = re.findall(r"^#{2,3} (.+)$", TEXT, re.MULTILINE)
BLOCKS = re.findall(r"^```\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines()]
SPANS = re.findall(r"`(intnet [^`]+)`", TEXT)
COMMANDS = sorted({line for line in (*LINES, *SPANS) if line.startswith("intnet ")})


def anchor(heading: str) -> str:
    """As Markdown's readers make it."""
    return re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")


def test_each_alert_has_its_case_and_each_url_leads_to_it() -> None:
    cases = alerts.headings()
    for alert in alerts.read():
        assert alert.told["runbook_url"] == f"https://docs.example.com/runbook.md#{alert.case}"
        assert alert.case == alert.name.lower()
        assert alert.case in cases
    assert list(rules.faults()) == []


def test_a_case_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerts, "headings", lambda: {"spoolnotempty"})
    told = list(rules.faults())
    assert len(told) == len(alerts.read()) - 1
    assert "AuditGap: its runbook_url leads to no case of the runbook" in told


def test_every_case_of_an_alert_is_of_one_that_there_is() -> None:
    part = TEXT.partition("## Alerts\n")[2].partition("## Jobs\n")[0]
    names = re.findall(r"^### (\w+)$", part, re.MULTILINE)
    assert names == [alert.name for alert in alerts.read()]


def test_every_link_leads_somewhere() -> None:
    anchors = {anchor(heading) for heading in HEADINGS}
    for link in re.findall(r"\]\(([^)]+)\)", TEXT):
        file, _, place = link.partition("#")
        assert (ROOT / "docs" / file).exists()
        assert not place or place in anchors


def cases() -> dict[str, str]:
    """Each alert's case, and what the jobs and cases that it leads to say."""
    parts = {anchor(part.splitlines()[0]): part for part in re.split(r"\n###? ", TEXT)}
    return {
        alert.name: parts[alert.case]
        + "".join(parts[place] for place in re.findall(r"\(#([^)]+)\)", parts[alert.case]))
        for alert in alerts.read()
    }


def asks(text: str) -> bool:
    """Whether it names a command with its verb."""
    return bool(commands.of_intnet(text) or commands.of_modules(text))


def test_each_case_has_a_command() -> None:
    assert [name for name, case in cases().items() if not asks(case)] == []
    assert not asks("### Made\nLook at the log of `intnet`, and at `spool_bytes`.\n")


def test_every_job_has_a_command() -> None:
    jobs = TEXT.partition("## Jobs\n")[2].split("\n### ")[1:]
    assert len(jobs) == 9
    assert [job.splitlines()[0] for job in jobs if "\nintnet " not in job] == []
    assert len(COMMANDS) > 15


def test_the_verifier_takes_what_the_page_says() -> None:
    (line,) = {one for one in LINES if "deploy.audit_verify" in one}
    words = shlex.split(line)[1:]
    done = subprocess.run(
        [sys.executable, *words[:3], "--help"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert [word for word in words[3:] if word.startswith("--") and word not in done.stdout] == []


def test_every_metric_of_the_page_is_exported() -> None:
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)*_(?:bytes|depth|seconds|total))`", TEXT))
    assert named
    assert named <= exported().keys()
