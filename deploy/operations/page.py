"""`docs/metrics.md`: every metric of ours, as the code declares it."""

from deploy.operations.metrics import EVERY, declared

PAGE = "docs/metrics.md"

_HEAD = """\
# Metrics

Written by `make schemas` from what the code declares. Each process serves them at `/metrics` on its
admin port, in Prometheus' words; `?name[]=` asks for single ones. A gauge that is read from a store
(what waits, what is late) has the same value in every replica: take the greatest. None names a
person, and no label is a tenant. `process_*` and `python_*` are the client library's own.

[Alerts](../deploy/chart/files/alerts.yaml) and
[a dashboard](../deploy/chart/files/dashboard.json) are made of them; what to do at an alert is in
[the runbook](runbook.md).

"""

_TABLE = "| Metric | Kind | Labels | Meaning |\n|---|---|---|---|\n"


def generated() -> dict[str, str]:
    """The page, by its path in the repository."""
    return {PAGE: _page()}


def _page() -> str:
    places = list(dict.fromkeys(metric.where for metric in declared()))
    return _HEAD + "\n".join(_section(place) for place in places)


def _section(place: str) -> str:
    title = "Every service" if place == EVERY else place
    rows = (
        f"| `{one.shown}` | {one.kind} | {', '.join(f'`{label}`' for label in one.labels)} "
        f"| {one.meaning} |\n"
        for one in declared()
        if one.where == place
    )
    return f"## {title}\n\n{_TABLE}{''.join(rows)}"
