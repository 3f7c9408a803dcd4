"""`helm test`: its pod asks every service whether it is ready, and fails where one is not."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from deploy.local.services import NAMES
from tests.deploy.charts import SETS, component, of_kind, workloads


def container(name: str) -> dict[str, Any]:
    (pod,) = of_kind(name, "Pod")
    assert pod["metadata"]["annotations"]["helm.sh/hook"] == "test"
    found: dict[str, Any] = pod["spec"]["containers"][0]
    return found


@contextmanager
def answering(status: int) -> Iterator[int]:
    """A door that says so at /readyz; gives its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("name", SETS)
def test_it_asks_every_service_on_its_admin_port(name: str) -> None:
    script, *asked = container(name)["args"]
    ports = {
        component(one): {port["name"]: port["port"] for port in one["spec"]["ports"]}
        for one in of_kind(name, "Service")
    }
    assert asked == [workloads(name)[service]["metadata"]["name"] for service in NAMES]
    assert {ports[service]["metrics"] for service in NAMES} == {9000}
    assert "http://{name}:9000/readyz" in script


@pytest.mark.parametrize(("status", "ends"), [(200, 0), (503, 1)])
def test_it_ends_as_the_services_answer(status: int, ends: int) -> None:
    command, script = container("minimal")["command"], container("minimal")["args"][0]
    assert command == ["python", "-c"]
    with answering(status) as port:
        moved = script.replace(":9000", f":{port}")
        done = subprocess.run(
            [sys.executable, "-c", moved, "127.0.0.1"], capture_output=True, text=True, timeout=60
        )
    assert done.returncode == ends
    assert str(status) in done.stdout + done.stderr
