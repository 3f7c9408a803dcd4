"""`python -m deploy.simulator --port 8100 --target URL --key-file FILE`."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from deploy.simulator.app import build
from deploy.simulator.delivery import Rules
from deploy.simulator.messages.carrier import Terms
from deploy.simulator.signing import Signer
from libs.common import clock

_LAST_RECEIPTS = 5
"""Seconds that receipts on their way, and answers held back, have when it is stopped."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs until it is stopped."""
    options = parse(arguments)
    clock.follow(options.clock_file)
    rules = Rules(options.target, options.timeout, options.pause or Rules.pauses)
    app = build(Signer.of(options.key_file), rules, clock.now, terms=terms(options))
    uvicorn.run(
        app,
        host=options.host,
        port=options.port,
        log_level="warning",
        timeout_graceful_shutdown=_LAST_RECEIPTS,
    )


def terms(options: argparse.Namespace) -> Terms:
    """What the account is like that these options describe."""
    given = options.receipt_delay or []
    before, between = [*given, *Terms.delays[len(given) :]][:2]
    return Terms(options.api_key, options.autoresponses, (before, between))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("deploy.simulator", description="A stand-in for Telnyx.")
    parser.add_argument("--host", default="127.0.0.1", help="another address only in a container")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--target", action="append", required=True, help="webhook URL; the second is the failover"
    )
    parser.add_argument("--key-file", type=Path, required=True, help="made where it is absent")
    parser.add_argument("--timeout", type=float, default=2.0, help="seconds for one attempt")
    parser.add_argument(
        "--pause", type=float, action="append", help="seconds before the second, the third try"
    )
    parser.add_argument("--clock-file", type=Path, help="offset of the clock in seconds")
    parser.add_argument("--api-key", help="the only key that may send; default: any")
    parser.add_argument(
        "--autoresponses", action="store_true", help="answers STOP, START and HELP itself"
    )
    parser.add_argument(
        "--receipt-delay",
        type=float,
        action="append",
        help="seconds before message.sent, and from there to message.finalized",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
