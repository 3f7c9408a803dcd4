"""OpenTelemetry traces: W3C context in and out, and exports that hold nothing personal."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from libs.common.telemetry.exporters import FileExporter, Redacting

Kind = Literal["internal", "server", "client", "producer", "consumer"]
Attribute = str | bool | int | float | Sequence[str] | Sequence[int]

_HEADER = "traceparent"
_FILE_DELAY_MS = 200
_OTLP_TIMEOUT_S = 3
_w3c = TraceContextTextMapPropagator()
_provider: TracerProvider | None = None
_tracer: trace.Tracer = trace.NoOpTracer()


def setup_traces(service: str, *, spans_file: Path | None, otlp_endpoint: str | None) -> None:
    """Starts the export of this process's spans; ends an earlier one.

    The provider stays ours alone: FastAPI and FastStream would write URLs and record keys to a
    global one. Sampling follows the parent (`OTEL_TRACES_SAMPLER` sets the rest).
    """
    global _provider, _tracer
    shutdown()
    resource = Resource.create({"service.name": service})
    seen = spans_file is not None or otlp_endpoint is not None
    # Where nobody reads spans, ids are all that is wanted of them: for logs, and for answers.
    _provider = TracerProvider(ALWAYS_OFF if not seen else None, resource)
    _tracer = _provider.get_tracer("intnet")
    if spans_file is not None:
        exporter = Redacting(FileExporter(spans_file))
        _provider.add_span_processor(
            BatchSpanProcessor(exporter, schedule_delay_millis=_FILE_DELAY_MS)
        )
    if otlp_endpoint is not None:
        url = f"{otlp_endpoint.rstrip('/')}/v1/traces"
        exporter = Redacting(OTLPSpanExporter(url, timeout=_OTLP_TIMEOUT_S))
        _provider.add_span_processor(BatchSpanProcessor(exporter))


def shutdown() -> None:
    """Writes what is still waiting, and ends the export."""
    global _provider, _tracer
    if _provider is not None:
        _provider.shutdown()
    _provider, _tracer = None, trace.NoOpTracer()


@contextmanager
def span(
    name: str, *, kind: Kind = "internal", traceparent: str | None = None, **attributes: Attribute
) -> Iterator[Span]:
    """Times what happens inside, as a child of the current span.

    Args:
        name: a constant or a template, never a value.
        kind: as OpenTelemetry defines it.
        traceparent: W3C context of a cause elsewhere, which then is the parent instead.
        attributes: what a reader searches for; redacted on the way out.

    An exception is recorded by the name of its class: its message may be about a person.
    """
    parent = None if traceparent is None else _w3c.extract({_HEADER: traceparent}, Context())
    with _tracer.start_as_current_span(
        name,
        context=parent,
        kind=SpanKind[kind.upper()],
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as current:
        try:
            yield current
        except BaseException as error:
            fail(current, type(error).__qualname__)
            raise


def fail(current: Span, reason: str) -> None:
    """Marks a span as failed. The reason is a class name or a status, never a message."""
    current.set_attribute("error.type", reason)
    current.set_status(Status(StatusCode.ERROR, reason))


def traceparent() -> str | None:
    """W3C context of the current span, to send along; None outside any span."""
    carrier: dict[str, str] = {}
    _w3c.inject(carrier)
    return carrier.get(_HEADER)


def trace_id() -> str | None:
    """The current trace as 32 hex digits; None outside any span."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else None
