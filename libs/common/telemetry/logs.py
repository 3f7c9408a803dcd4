"""One line of JSON per event on standard output, whoever wrote it.

Our own loggers (structlog) and foreign ones (standard library, uvicorn, FastStream, drivers,
warnings, uncaught exceptions) go through the same processors; redaction is the last of them.
"""

import json
import logging
import sys
import threading
from types import TracebackType

import structlog
from opentelemetry import trace
from structlog.types import EventDict, Processor, WrappedLogger

from libs.common.telemetry.redaction import redact

# Below this level these repeat request URLs, headers or whole documents.
_QUIET = {"httpx": "WARNING", "httpcore": "WARNING", "pymongo": "WARNING", "asyncio": "INFO"}
_QUIET |= {"aiokafka": "INFO", "opentelemetry": "WARNING", "urllib3": "WARNING"}
# FastStream gives these a handler of its own as it is imported and as a broker is made, unless
# it finds one that writes to standard output.
_CLAIMED = ("faststream", "faststream.access.kafka")
_FIRST: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
)


def setup_logs(service: str, level: str) -> None:
    """Sends every log line of this process through the one pipeline, at this level or above."""
    handler = _Handler(sys.stdout)
    handler.setFormatter(_formatter(service))
    _take_over(handler)
    logging.getLogger().setLevel(level)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(_number(level), _number(least)))
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_FIRST,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _formatter(service: str) -> logging.Formatter:
    def name_service(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_FIRST,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            name_service,
            _add_trace,
            structlog.processors.format_exc_info,
            _redact,
            structlog.processors.JSONRenderer(),
        ],
    )


def _add_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = trace.format_trace_id(context.trace_id)
        event["span_id"] = trace.format_span_id(context.span_id)
    return event


def _redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {name: redact(value, name) for name, value in event.items()}


def _take_over(handler: logging.Handler) -> None:
    """Leaves `handler` as the only way out, for loggers that exist and the two that may come."""
    logging.getLogger().handlers = [handler]
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.handlers = []
            logger.propagate = True
    for name in _CLAIMED:
        logging.getLogger(name).handlers = [handler]
        logging.getLogger(name).propagate = False


class _Handler(logging.StreamHandler):  # type: ignore[type-arg] # TextIO; generic in stubs only
    """A line that cannot be rendered is replaced by one that says so, without its content."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        lost = {"event": "log.unreadable", "logger": record.name}
        self.stream.write(json.dumps(lost) + self.terminator)


def _log_uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    log = structlog.get_logger("uncaught")
    log.critical("process.crashed", exc_info=(kind, error, traceback))


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level]
