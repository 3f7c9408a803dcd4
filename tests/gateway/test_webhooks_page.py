"""The page for those who write apps says what the code does, and its lines run."""

import re
from pathlib import Path
from typing import Any, get_args

from libs.common import clock
from services.gateway.domain.hooks import signing
from services.gateway.domain.hooks.delivery import WAITS
from services.gateway.domain.hooks.telling import Kind
from services.gateway.domain.permissions import TABLE

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()


def test_its_ten_lines_verify_what_is_sent_and_nothing_else() -> None:
    (lines,) = re.findall(r"```\n(import base64.*?)```", PAGE, re.DOTALL)
    assert len(lines.splitlines()) <= 10
    found: dict[str, Any] = {}
    exec(lines, found)
    new, old = signing.new_secret(), signing.new_secret()
    headers = signing.headers("msg_1", clock.now(), '{"a":"ب"}', [new, old])
    body = '{"a":"ب"}'.encode()
    assert found["verified"](new, headers, body)
    assert found["verified"](old, headers, body)
    assert not found["verified"](signing.new_secret(), headers, body)
    assert not found["verified"](new, headers, b'{"a":"b"}')
    late = {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 400)}
    assert not found["verified"](new, late, body)


def test_it_has_every_type_and_every_operation() -> None:
    listed = set(re.findall(r"`([a-z]+\.[a-z]+)`(?=[^|]*\| `)", PAGE))
    assert set(get_args(Kind)) <= listed
    said = PAGE.replace("{id}", "{webhook_id}").replace("{delivery}", "{delivery_id}")
    assert not [
        f"{method} {path}"
        for method, path in TABLE
        if path.startswith("/v1/webhooks") and f"{method} {path}`" not in said
    ]


def test_its_table_of_attempts_is_the_one_in_force() -> None:
    (row,) = re.findall(r"\| after the one before \| at once \| (.*) \|", PAGE)
    words = {"s": 1, "min": 60, "h": 3600}
    told = [
        sum(int(n) * words[unit] for n, unit in re.findall(r"(\d+) (s|min|h)", cell))
        for cell in row.split(" | ")
    ]
    assert told == [wait.total_seconds() for wait in WAITS]
