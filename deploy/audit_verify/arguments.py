"""The command line."""

import argparse
from pathlib import Path
from typing import NoReturn

from .findings import Code

TEXT = "Checks a tenant's audit trail. Exit codes: " + ", ".join(
    f"{code} {code.words}" for code in Code
)


class Arguments(argparse.ArgumentParser):
    """Leaves with 1 where it is called wrongly: 2 would say that a trail was altered."""

    def error(self, message: str) -> NoReturn:
        """Says what is wrong and how it is called."""
        self.print_usage()
        self.exit(Code.UNREADABLE, f"{self.prog}: {message}\n")


def parser() -> Arguments:
    """All commands and their options."""
    top = Arguments(prog="audit_verify", description=TEXT)
    commands = top.add_subparsers(dest="command", required=True)
    verify = _with_source(commands.add_parser("verify", help="check a whole trail"))
    verify.add_argument("--witness", type=Path, action="append", default=[], metavar="NOTE")
    witness = _with_source(commands.add_parser("witness", help="check, and remember how far"))
    witness.add_argument("--state", type=Path, required=True, metavar="NOTE")
    inclusion = _with_source(commands.add_parser("inclusion", help="prove that an entry is in it"))
    inclusion.add_argument("--sequence", type=int, required=True)
    consistency = _with_source(commands.add_parser("consistency", help="prove it only grew"))
    consistency.add_argument("old", type=int)
    consistency.add_argument("new", type=int)
    for name in ("check-inclusion", "check-consistency"):
        check = _with_json(commands.add_parser(name, help="check such a proof"))
        check.add_argument("--proof", type=Path, required=True)
        check.add_argument("--keys", type=Path, required=True)
    tail = commands.add_parser("tail", help="show entries, check and remember them as they come")
    _with_broker(tail)
    tail.add_argument("--keys", type=Path, required=True)
    tail.add_argument("--tenant", required=True)
    tail.add_argument("--state", type=Path, required=True, metavar="NOTE")
    tail.add_argument("--watch", type=float, nargs="?", const=10.0, metavar="SECONDS")
    return top


def _with_source(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    command.add_argument("--bundle", type=Path, metavar="ZIP")
    command.add_argument("--entries", type=Path, metavar="NDJSON")
    command.add_argument("--checkpoints", type=Path, metavar="NDJSON")
    command.add_argument("--keys", type=Path, help="one C2SP verifier key a line")
    command.add_argument("--tenant", help="where several tenants' trails lie there")
    _with_broker(command)
    return _with_json(command)


def _with_broker(command: argparse.ArgumentParser) -> None:
    command.add_argument("--bootstrap", metavar="HOST:PORT")
    command.add_argument("--topic", default="audit.v1")
    command.add_argument("--checkpoints-topic", default="audit-checkpoints.v1")


def _with_json(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    command.add_argument("--json", action="store_true", help="say it in JSON")
    return command
