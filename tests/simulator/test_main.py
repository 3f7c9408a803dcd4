from pathlib import Path

import pytest

from deploy.simulator.__main__ import parse, terms
from deploy.simulator.messages.carrier import Terms

NEEDED = ["--port", "8100", "--target", "http://127.0.0.1:1/", "--key-file", "telnyx.json"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], Terms()),
        (["--api-key", "k", "--autoresponses"], Terms("k", autoresponses=True)),
        (["--receipt-delay", "3"], Terms(delays=(3, Terms.delays[1]))),
        (["--receipt-delay", "3", "--receipt-delay", "0"], Terms(delays=(3, 0))),
    ],
)
def test_the_account_is_described_on_the_command_line(words: list[str], expected: Terms) -> None:
    assert terms(parse(NEEDED + words)) == expected


def test_the_other_options_stay() -> None:
    options = parse([*NEEDED, "--pause", "1", "--timeout", "3", "--clock-file", "clock"])
    assert (options.pause, options.timeout, options.clock_file) == ([1.0], 3.0, Path("clock"))
    assert (options.host, options.port, options.target) == ("127.0.0.1", 8100, [NEEDED[3]])
