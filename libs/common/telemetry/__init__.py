"""Logs, traces and their redaction. Metrics use prometheus_client as it is."""

from pathlib import Path

from libs.common.telemetry.logs import setup_logs
from libs.common.telemetry.redaction import redact, redact_text
from libs.common.telemetry.traces import (
    fail,
    setup_traces,
    shutdown,
    span,
    trace_id,
    traceparent,
)

__all__ = [
    "fail",
    "redact",
    "redact_text",
    "setup",
    "shutdown",
    "span",
    "trace_id",
    "traceparent",
]


def setup(
    service: str, *, level: str = "INFO", spans_file: Path | None, otlp_endpoint: str | None
) -> None:
    """Once per process, before anything can log: one pipeline for logs, one for spans."""
    setup_logs(service, level)
    setup_traces(service, spans_file=spans_file, otlp_endpoint=otlp_endpoint)
