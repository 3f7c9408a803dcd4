"""Figures that services export, and from when on each is worth a look, or a failure.

They are those of the alerts (deploy/chart/files/alerts.yaml), as they are now and not for a while.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, isinf

from deploy.cli.doctor.finding import Finding, fail, ok, warn
from deploy.cli.doctor.services import Told
from libs.common import clock

HOUR, DAY = 3_600.0, 86_400.0


@dataclass(frozen=True)
class Figure:
    """One metric, over all services that have it. Above `warns` it is worth a look.

    `unit` follows the value, `of` names the labels it is picked by; `since` makes an age of a time.
    """

    check: str
    metric: str
    unit: str
    warns: float
    fails: float
    do: str
    of: Mapping[str, str] = field(default_factory=dict)
    since: bool = False

    def finding(self, told: Sequence[Told]) -> Finding:
        """In a line: the services where it is too much, or that there is none."""
        values = {one.service: value for one in told for value in self._values(one)}
        if not values:
            return warn(self.check, "nobody who answers exports it", "See to that service first.")
        over = {name: value for name, value in values.items() if value > self.warns}
        if not over:
            return ok(self.check, f"{_written(max(values.values()))} {self.unit}")
        said = ", ".join(f"{name}: {_written(value)} {self.unit}" for name, value in over.items())
        do = self.do.format(service=max(over, key=lambda name: over[name]))
        worst = max(over.values())
        return fail(self.check, said, do) if worst > self.fails else warn(self.check, said, do)

    def _values(self, told: Told) -> Iterator[float]:
        """The greatest of a process, where it has any."""
        found = [
            value
            for labels, value in told.samples.get(self.metric, ())
            if all(labels.get(name) == wanted for name, wanted in self.of.items())
        ]
        if not found:
            return
        value = max(found)
        yield (clock.now().timestamp() - value if value else inf) if self.since else value


FIGURES = (
    Figure("breaker", "breaker_open", "consumers stand still", 0, 0, "intnet dead list {service}"),
    Figure("parked", "parked_depth", "records wait", 0, inf, "intnet dead list {service}"),
    Figure(
        "oldest parked",
        "parked_oldest_seconds",
        "s old; after seven days it is deleted",
        DAY,
        3 * DAY,
        "intnet dead list {service}",
    ),
    Figure("quarantine", "quarantine_depth", "webhooks", 0, inf, "intnet quarantine list"),
    Figure(
        "spool", "spool_bytes", "bytes", 0, 1e8, "See whether Kafka answers: it empties by itself."
    ),
    Figure(
        "outbox",
        "outbox_oldest_unsent_seconds",
        "s",
        30,
        120,
        "See whether Kafka answers; the log of {service} says outbox.publish_failed.",
    ),
    Figure(
        "heartbeat",
        "consent_heartbeat_age_seconds",
        "s since consent was heard of",
        45,
        60,
        "See whether consent is ready, and how far messaging is behind on consent.v1.",
    ),
    Figure(
        "texts in review",
        "sms_waiting",
        "texts",
        0,
        inf,
        "intnet sms review",
        {"state": "needs_review"},
    ),
    Figure(
        "texts unknown",
        "sms_waiting",
        "texts",
        10,
        inf,
        "See whether the provider answers; they are looked for in its log.",
        {"state": "unknown"},
    ),
    Figure(
        "texts late",
        "sms_late_seconds",
        "s",
        120,
        600,
        "See whether messaging reaches the provider; its log says sending.",
    ),
    Figure(
        "audit gaps",
        "audit_gaps",
        "notes are missing",
        0,
        0,
        "intnet dead list consent, for a note that is parked; then verify the trail.",
    ),
    Figure(
        "audit notes",
        "trail_oldest_unsent_seconds",
        "s, of notes that are not sent",
        60,
        300,
        "See whether Kafka answers; the log of {service} says trail.waits.",
    ),
    Figure(
        "audit checkpoint",
        "audit_unsigned_seconds",
        "s, of the oldest entry without one",
        120,
        600,
        "See to the audit key above; the log of consent says checkpoint.waits.",
    ),
    Figure(
        "erasures",
        "erasures_oldest_seconds",
        "s, of the oldest that has not ended",
        300,
        HOUR,
        "The log of consent says erasure.overdue, and which stores it waits for.",
    ),
    Figure(
        "requests",
        "requests_overdue",
        "are past the time that the law gives",
        0,
        0,
        "Tell the agencies: GET /v1/privacy/requests names them.",
    ),
    Figure(
        "sweeps",
        "sweep_done_timestamp_seconds",
        "s since the last whole one",
        2 * HOUR,
        3 * HOUR,
        "The log of {service} says sweep.failed, and where.",
        since=True,
    ),
)


def findings(told: Sequence[Told]) -> Iterator[Finding]:
    """A line for each figure, of those who answer."""
    answering = [one for one in told if not one.silent]
    yield from (figure.finding(answering) for figure in FIGURES)


def _written(value: float) -> str:
    return "never heard of:" if isinf(value) else f"{value:.0f}"
