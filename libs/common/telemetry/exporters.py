"""Where spans go: through redaction, to a collector or to a file of JSON lines."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Link, Status, format_span_id, format_trace_id
from opentelemetry.util.types import Attributes

from libs.common.telemetry.redaction import redact, redact_text


class Redacting(SpanExporter):
    """Hands spans on without personal digits, whichever way these came in."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Sends redacted copies."""
        return self._exporter.export([_redacted(span) for span in spans])

    def shutdown(self) -> None:
        """Ends the exporter behind."""
        self._exporter.shutdown()


class FileExporter(SpanExporter):
    """Appends a line of JSON per span; several processes may share the file.

    Fields: name, trace_id, span_id, parent_id, service, kind, start and end (ns since the epoch),
    attributes, status.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Appends one block, so that lines of different processes do not mix."""
        block = "".join(json.dumps(_line(span)) + "\n" for span in spans)
        with self._path.open("ab", buffering=0) as file:
            file.write(block.encode())
        return SpanExportResult.SUCCESS


def _line(span: ReadableSpan) -> dict[str, object]:
    context = span.context
    return {
        "name": span.name,
        "trace_id": format_trace_id(context.trace_id),
        "span_id": format_span_id(context.span_id),
        "parent_id": format_span_id(span.parent.span_id) if span.parent else None,
        "service": span.resource.attributes.get("service.name"),
        "kind": span.kind.name.lower(),
        "start": span.start_time,
        "end": span.end_time,
        "attributes": dict(span.attributes or {}),
        "status": span.status.status_code.name.lower(),
    }


def _redacted(span: ReadableSpan) -> ReadableSpan:
    return ReadableSpan(
        name=redact_text(span.name),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_clean(span.attributes),
        events=[
            Event(redact_text(event.name), _clean(event.attributes), event.timestamp)
            for event in span.events
        ],
        links=[Link(link.context, _clean(link.attributes)) for link in span.links],
        kind=span.kind,
        status=Status(span.status.status_code, redact_text(span.status.description or "") or None),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _clean(attributes: Attributes) -> Attributes:
    return cast("dict[str, Any]", redact(dict(attributes or {})))
