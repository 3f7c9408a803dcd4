"""Clocks: this machine's against those of the services and of MongoDB."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from deploy.cli.doctor.finding import Finding, fail, ok, warn
from libs.common import clock

APART, FAR_APART = timedelta(seconds=5), timedelta(seconds=30)
"""A signed request is believed for a minute; consent's silence counts from a minute on."""


def here() -> datetime:
    """What time it is on this machine, where the platform's may be moved."""
    return clock.now() - clock.offset()


def told(apart: Mapping[str, timedelta]) -> Finding:
    """`apart` has how far the clocks of others are from the one here."""
    if not apart:
        return warn("clock", "nobody answers who could say what time it is", "Start a service.")
    worst = max(apart, key=lambda name: apart[name])
    said = f"{apart[worst].total_seconds():.0f} s from that of {worst}, of {len(apart)} asked"
    if apart[worst] > APART:
        found = fail if apart[worst] > FAR_APART else warn
        return found("clock", said, "Let NTP set the clocks of both machines.")
    if moved := clock.offset():
        said = f"the platform's time is moved by {moved.total_seconds():.0f} s (CLOCK_FILE)"
        return warn("clock", said, "Only tests and drills move it.")
    return ok("clock", said)
