import asyncio
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from libs.common import telemetry

NUMBER = "+1 202 555 0143"
DIGITS = "2025550143"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Gives the test run its own logging back."""
    root = logging.getLogger()
    before = (root.handlers, root.level, sys.excepthook, warnings.showwarning)
    yield
    telemetry.shutdown()
    logging.captureWarnings(False)
    root.handlers, sys.excepthook, warnings.showwarning = before[0], before[2], before[3]
    root.setLevel(before[1])
    structlog.reset_defaults()


def start(**more: object) -> None:
    given = {"level": "INFO", "spans_file": None, "otlp_endpoint": None} | more
    telemetry.setup("matcher", **given)  # type: ignore[arg-type]


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    out, err = capsys.readouterr()
    assert err == ""
    assert DIGITS not in "".join(c for c in out if c.isdecimal())
    return [json.loads(line) for line in out.splitlines()]


def test_our_lines_are_json_with_service_level_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    start()
    structlog.get_logger("matcher.store").info("saved %d rows", 3, port=54321, caller=NUMBER)
    (line,) = lines(capsys)
    assert line["event"] == "saved 3 rows"
    assert (line["service"], line["level"]) == ("matcher", "info")
    assert line["logger"] == "matcher.store"
    assert str(line["timestamp"]).endswith("Z")
    assert (line["port"], line["caller"]) == (54321, "[number]")


@pytest.mark.parametrize("name", ["uvicorn.error", "aiokafka", "pymongo", "httpx", "somebody.else"])
def test_foreign_loggers_use_the_same_pipeline(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = logging.getLogger(name)
    foreign.addHandler(logging.StreamHandler())
    foreign.propagate = False
    start()
    foreign.warning("no handler for %s", {"from": NUMBER})
    (line,) = lines(capsys)
    assert (line["logger"], line["level"], line["service"]) == (name, "warning", "matcher")
    assert line["event"] == "no handler for {'from': '[number]'}"


def test_exceptions_are_formatted_then_redacted(capsys: pytest.CaptureFixture[str]) -> None:
    start()
    try:
        raise KeyError(NUMBER)
    except KeyError:
        structlog.get_logger().exception("failed")
        logging.getLogger("foreign").exception("failed")
    for line in lines(capsys):
        assert "KeyError: '[number]'" in str(line["exception"])


def test_loggers_that_repeat_urls_and_documents_stay_quiet(
    capsys: pytest.CaptureFixture[str],
) -> None:
    start(level="DEBUG")
    logging.getLogger("httpx").info("HTTP Request: GET http://x/?from=%2B12025550143")
    logging.getLogger("pymongo.command").debug("Command started: Amal")
    structlog.get_logger().debug("seen")
    assert [line["event"] for line in lines(capsys)] == ["seen"]


def test_warnings_and_levels(capsys: pytest.CaptureFixture[str]) -> None:
    start(level="WARNING")
    structlog.get_logger().info("not seen")
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        logging.captureWarnings(True)
        warnings.warn(f"number {NUMBER}", stacklevel=1)
    (line,) = lines(capsys)
    assert line["logger"] == "py.warnings"


def test_a_line_that_cannot_be_rendered_keeps_its_content_to_itself(
    capsys: pytest.CaptureFixture[str],
) -> None:
    start()
    logging.getLogger("foreign").warning("%d", NUMBER)
    (line,) = lines(capsys)
    assert line == {"event": "log.unreadable", "logger": "foreign"}


def test_lines_inside_a_span_carry_its_ids(capsys: pytest.CaptureFixture[str]) -> None:
    start()
    with telemetry.span("work"):
        structlog.get_logger().info("inside")
        logging.getLogger("foreign").warning("inside")
        parts = str(telemetry.traceparent()).split("-")
    for line in lines(capsys):
        assert [line["trace_id"], line["span_id"]] == parts[1:3]


IMPORTS = "import logging\nfrom libs.common import telemetry\n"
SETUP = "telemetry.setup('x', level='INFO', spans_file=None, otlp_endpoint=None)\n"
FASTSTREAM = (
    "from faststream.kafka import KafkaBroker\n"
    "from faststream._internal.logger.logging import get_broker_logger\n"
    "context = KafkaBroker('127.0.0.1:1').context\n"
    "log = get_broker_logger('kafka', {}, 10, '%(message)s', context, 20)\n"
)
FASTSTREAM_LOGS = (
    f"log.error('no suitable handler for {NUMBER}')\n"
    f"logging.getLogger('faststream').error('record {NUMBER}')\n"
)


@pytest.mark.parametrize("script", [SETUP + FASTSTREAM, FASTSTREAM + SETUP])
def test_faststream_cannot_go_round_the_pipeline(script: str) -> None:
    done = run(IMPORTS + script + FASTSTREAM_LOGS)
    events = [json.loads(line)["event"] for line in done.stdout.splitlines()]
    assert events == ["no suitable handler for [number]", "record [number]"]
    assert done.stderr == ""


def test_an_uncaught_exception_is_logged_without_its_number() -> None:
    thread = f"import threading\nt = threading.Thread(target=lambda: {{}}['{NUMBER}'])\n"
    done = run(IMPORTS + SETUP + thread + f"t.start(); t.join()\nraise ValueError('{NUMBER}')")
    in_thread, in_main = (json.loads(line) for line in done.stdout.splitlines())
    assert "KeyError: '[number]'" in in_thread["exception"]
    assert "ValueError: [number]" in in_main["exception"]
    assert (done.returncode, done.stderr) == (1, "")


def run(script: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)


def spans(path: Path) -> dict[str, dict[str, object]]:
    telemetry.shutdown()
    found = [json.loads(line) for line in path.read_text().splitlines()]
    return {str(line["name"]): line for line in found}


async def test_a_trace_leads_through_children_and_other_processes(tmp_path: Path) -> None:
    start(spans_file=tmp_path / "deep" / "spans.jsonl")
    with telemetry.span("webhook", kind="server", **{"http.route": "/webhooks"}):
        sent = telemetry.traceparent()
        with telemetry.span("publish", kind="producer"):
            await asyncio.sleep(0)
    assert telemetry.traceparent() is None
    with telemetry.span("process", kind="consumer", traceparent=sent):
        pass
    with telemetry.span("other"), telemetry.span("broken", traceparent="no such thing"):
        pass
    found = spans(tmp_path / "deep" / "spans.jsonl")
    webhook = found["webhook"]
    assert webhook["parent_id"] is None
    assert (webhook["service"], webhook["kind"], webhook["status"]) == (
        "matcher",
        "server",
        "unset",
    )
    assert webhook["attributes"] == {"http.route": "/webhooks"}
    assert isinstance(webhook["start"], int)
    assert isinstance(webhook["end"], int)
    assert webhook["start"] <= webhook["end"]
    for name in ("publish", "process"):
        assert found[name]["parent_id"] == webhook["span_id"]
        assert found[name]["trace_id"] == webhook["trace_id"]
    assert found["broken"]["parent_id"] is None
    assert str(sent).startswith(f"00-{webhook['trace_id']}-{webhook['span_id']}-")


def test_a_span_records_an_exception_by_type_and_nothing_personal(tmp_path: Path) -> None:
    path = tmp_path / "spans.jsonl"
    start(spans_file=path)

    def fail() -> None:
        with telemetry.span(f"call {NUMBER}", key=NUMBER, sizes=[1, 2]) as current:
            current.add_event("seen", {"caller": NUMBER})
            current.set_attribute("late", f"{NUMBER}")
            raise ValueError(NUMBER)

    with pytest.raises(ValueError, match="555"):
        fail()
    found = spans(path)["call [number]"]
    assert found["status"] == "error"
    assert found["attributes"] == {
        "key": "[number]",
        "sizes": [1, 2],
        "late": "[number]",
        "error.type": "ValueError",
    }
    assert "0143" not in path.read_text()


def test_spans_are_free_where_nothing_collects_them() -> None:
    start()
    telemetry.shutdown()
    with telemetry.span("nothing"):
        assert telemetry.traceparent() is None
        assert telemetry.trace_id() is None


def test_an_unreachable_collector_delays_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    start(otlp_endpoint="http://127.0.0.1:9")
    with telemetry.span("sent nowhere"):
        pass
    telemetry.shutdown()
    assert all("127.0.0.1" in str(line) or line["level"] != "info" for line in lines(capsys))
