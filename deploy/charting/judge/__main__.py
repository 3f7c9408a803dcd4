"""`python -m deploy.charting.judge`: the chart before judges that a test has no time for.

Exit status: 0 they find nothing; 1 they find something; 2 a judge cannot be had.
"""

import sys
from collections.abc import Callable, Iterator
from time import monotonic

import helm_python as helm

from deploy.charting import rendering
from deploy.charting.judge import gomodules, overlay, schemas, security, strimzi
from deploy.operations import rules
from deploy.programs import Missing
from deploy.schemas.wiring import ROOT

CACHE = ROOT / ".local" / "cache" / "chart"


def linted() -> Iterator[str]:
    """Helm's own linter, on every set of values."""
    for name, path in rendering.sets().items():
        said = helm.lint(rendering.CHART, values=rendering.read(path))
        yield from (f"{name}: {error}" for error in said["errors"])


def fitting() -> Iterator[str]:
    """What operators read: Gateway API, KEDA, prometheus-operator, External Secrets, Strimzi."""
    known = schemas.by_kind(
        [*gomodules.definitions(CACHE / "go"), *strimzi.definitions(CACHE / "strimzi")]
    )
    foreign = {version for version, _ in known}
    seen = set()
    for name, path in rendering.sets().items():
        objects = [
            o for o in rendering.manifests(rendering.read(path)) if o["apiVersion"] in foreign
        ]
        seen |= {(one["apiVersion"], one["kind"]) for one in objects}
        yield from (f"{name}: {fault}" for fault in schemas.faults(known, objects))
    alerts = (rendering.CHART / "files" / "alerts.yaml").exists()
    for version, kind in sorted(known.keys() - seen):
        if (kind != "PrometheusRule" or alerts) and version in {v for v, _ in seen}:
            yield f"no set of values makes a {kind}, so its form is not judged"


def secure() -> Iterator[str]:
    """checkov, on the committed examples."""
    return security.faults(security.findings(rendering.CHART / "examples"))


def alerting() -> Iterator[str]:
    """promtool, on the alert rules and the tests of each."""
    yield from rules.faults()
    yield from rules.tested()


JUDGES: dict[str, Callable[[], Iterator[str]]] = {
    "helm lint": linted,
    "schemas of operators": fitting,
    "checkov": secure,
    "kustomize": overlay.judged,
    "promtool": alerting,
}


def main() -> int:
    """Asks each judge, and tells what it found and how long it took."""
    worst = 0
    for name, judge in JUDGES.items():
        begun = monotonic()
        try:
            found = list(judge())
        except Missing as missing:
            print(f"{name}: {missing}", file=sys.stderr)
            worst = max(worst, 2)
            continue
        print(*(f"{name}: {fault}" for fault in found), sep="\n", end="\n" if found else "")
        print(f"{name}: {len(found)} faults, {monotonic() - begun:.0f} s", flush=True)
        worst = max(worst, 1 if found else 0)
    return worst


if __name__ == "__main__":
    sys.exit(main())
